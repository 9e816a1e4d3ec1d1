import type { Log } from '#src/log.ts'
import type { Mail, Mailer } from './mail.ts'

/** Sends mails behind the answer to a request: how long one takes must not tell whether an account exists. */
export type Post = {
  send(to: string, message: Omit<Mail, 'to'>): void
  /** Waits for the mails that are on their way. */
  idle(): Promise<void>
}

export function createPost(mailer: Mailer, log: Log): Post {
  const onTheWay = new Set<Promise<void>>()
  return {
    send(to, message) {
      const sending = mailer
        .send({ to, ...message })
        .catch((err) => log.error({ err }, 'a mail could not be sent'))
        .finally(() => onTheWay.delete(sending))
      onTheWay.add(sending)
    },
    async idle() {
      await Promise.all(onTheWay)
    },
  }
}
