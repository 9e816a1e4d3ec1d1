import type { Failure } from '#db/schema/jobs.ts'

const GROUP_CHARS_MAX = 200

/**
 * What failures of one cause have in common: the kind, the code, and the message without what differs from job to
 * job, which is quoted text, ids and figures.
 */
export const errorGroupOf = (kind: string, { code, message }: Failure): string =>
  `${kind} ${code} ${message}`
    .slice(0, 4 * GROUP_CHARS_MAX)
    .replace(/"[^"]*"/g, '"…"')
    .replace(/\b[a-z]{3}_[0-9a-z]{26}\b/g, '…')
    .replace(/[0-9]+/g, '#')
    .slice(0, GROUP_CHARS_MAX)
