import { join } from 'node:path'
import type { Failure } from '#db/schema/jobs.ts'
import { AppError } from '#src/errors.ts'

const ROOT = join(import.meta.dir, '..', '..')
const GROUP_CHARS_MAX = 200
const MESSAGE_CHARS_MAX = 4 * GROUP_CHARS_MAX
/** So much of an input is looked through for names. */
const VALUES_MAX = 200
const NAME_CHARS_MAX = 200

/**
 * What failures of one cause have in common: the kind, the code, and the message without what differs from job to
 * job. A failure of our own says the same to everybody, so that its group is the class of the error and the place in
 * our code that it came from: neither holds anything of what was worked on.
 */
export function errorGroupOf(
  job: { kind: string; input: unknown },
  { code, message }: Failure,
  cause?: unknown,
): string {
  const isOurs = code === 'internal' && cause !== undefined && !(cause instanceof AppError)
  const what = isOurs ? originOf(cause) : withoutNames(message, namesIn(job.input))
  return `${job.kind} ${code} ${what}`.slice(0, GROUP_CHARS_MAX)
}

function originOf(cause: unknown): string {
  if (!(cause instanceof Error)) return `a thrown ${typeof cause}`
  const { name, message, stack = '' } = cause
  const named = name === 'Error' ? cause.constructor.name : name
  const frames = stack.slice(stack.indexOf(message) + message.length).split('\n')
  const place = frames.flatMap((frame) => placeOf(frame) ?? [])[0]
  return [/^\w+$/.test(named) ? named : 'Error', ...(place ? ['at', place] : [])].join(' ')
}

/** File and line of a frame that is none of a dependency, without the folder that we are installed in. */
function placeOf(frame: string): string | undefined {
  const [place] = /[^\s(]+\.tsx?:\d+/.exec(frame.replace(`${ROOT}/`, '')) ?? []
  if (!place || frame.includes('node_modules/')) return undefined
  return place.startsWith('/') ? place.slice(place.lastIndexOf('/') + 1) : place
}

/** What stands in quotes is a name, and so is every word of more than letters: a host, an address, an id, a figure. */
const withoutNames = (message: string, names: ReadonlySet<string>): string =>
  message
    .slice(0, MESSAGE_CHARS_MAX)
    .replace(/"[^"]*"|“[^”]*”|`[^`]*`|(?<![\p{L}\p{N}])'.*?'(?![\p{L}\p{N}])/gu, '…')
    .replace(/[\p{L}\p{N}](?:\S*[\p{L}\p{N}])?/gu, (word) =>
      /^\p{L}+(['’]\p{L}+)?$/u.test(word) && !names.has(word) ? word : '…',
    )

/** The values of an input that are one word, and the hosts of its addresses. */
function namesIn(input: unknown): Set<string> {
  const names = new Set<string>()
  const values = [input]
  for (let seen = 0; seen < values.length && seen < VALUES_MAX; seen++) {
    const value = values[seen]
    if (typeof value === 'object' && value !== null) values.push(...Object.values(value).slice(0, VALUES_MAX))
    if (typeof value !== 'string' || value.length > NAME_CHARS_MAX || /\s/.test(value)) continue
    names.add(value).add(URL.parse(value)?.hostname ?? value)
  }
  return names
}
