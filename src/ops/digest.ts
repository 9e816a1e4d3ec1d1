import type { Db } from '#db/connect.ts'
import { type Message, writeLetter } from '#src/mail/letter.ts'

export const DIGEST_MS = 24 * 60 * 60_000
/** How many causes the mail names. */
const CAUSES_MAX = 10

/** What died in one day, the most frequent cause first. */
export type Digest = { dead: number; projects: number; causes: { cause: string; count: number }[] }

/** What died in the day before `until`, in milliseconds, in all projects together. */
export async function deadLetterDigest(db: Db, until: number): Promise<Digest> {
  const day = [until - DIGEST_MS, until]
  const within = `FROM jobs WHERE state = 'dead' AND finished_at > ? AND finished_at <= ?`
  const [[dead, projects]] = (await db.rows(
    `SELECT count(*), count(DISTINCT project_id) ${within}`,
    day,
  )) as [[number, number]]
  const causes = (await db.rows(
    `SELECT coalesce(error_group, kind), count(*) ${within}
     GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${CAUSES_MAX}`,
    day,
  )) as [string, number][]
  return { dead, projects, causes: causes.map(([cause, count]) => ({ cause, count })) }
}

/** The mail to those who run the installation. It names causes, and nothing that people wrote. */
export function digestMail({ dead, projects, causes }: Digest, publicUrl: string): Message {
  return writeLetter({
    subject: dead === 1 ? 'Quill: one job died' : `Quill: ${dead} jobs died`,
    paragraphs: [
      `In the last 24 hours ${count(dead, 'job')} of ${count(projects, 'project')} died.`,
      ...causes.map((each) => `${each.count} × ${each.cause}`),
      'Whoever works on a project sees its dead letters among its jobs, and can retry or discard them.',
      { label: 'Open Quill', href: publicUrl },
    ],
  })
}

const count = (figure: number, noun: string) => `${figure} ${noun}${figure === 1 ? '' : 's'}`
