import type { Env } from '#src/env.ts'
import type { Mailer } from '#src/mail/mail.ts'
import { deadLetterDigest, digestMail } from '#src/ops/digest.ts'
import type { JobHandler } from '#worker/jobs/handler.ts'

/**
 * Mails those who run the installation what died in the day before the tick; nothing when nothing did. A
 * worker that dies between the mail and its end mails again.
 */
export const mailingDigest =
  ({ env, mailer }: { env: Env; mailer: Mailer }): JobHandler =>
  async (_job, input, { db }) => {
    const digest = await deadLetterDigest(db, (input as { tick: number }).tick)
    if (digest.dead > 0)
      for (const to of env.ops.operators) await mailer.send({ to, ...digestMail(digest, env.publicUrl) })
    return { output: digest }
  }
