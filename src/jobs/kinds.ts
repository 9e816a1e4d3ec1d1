import type { StepName } from '#src/pipelines/steps.ts'

/** How many jobs may start, evenly spaced, for each value of the key. */
export type Rate = { starts: number; perMs: number }

/** What the queue knows of a kind of job. */
export type JobKind = {
  /** How long one attempt may take; then its signal is aborted and the attempt counts as failed. */
  timeoutMs: number
  /** The job is buried after failing this often. */
  failuresMax: number
  /** The wait after the first failure; it doubles with each, up to the second figure. Half of it is left to chance. */
  backoffMs: readonly [first: number, most: number]
  /** Which jobs of a project go first: 0 before 1 before 2. Projects take turns whatever they ask for. */
  priority: 0 | 1 | 2
  /** A job that waits longer than this has missed what was promised. */
  promiseMs: number
  /** How many run at a time in all processes together, for each value of the key. */
  concurrency?: number
  rate?: Rate
  /** What limits apply to each value of: a provider, a site. The whole kind when there is none. */
  key?(input: unknown): string
  unique?: Uniqueness
}

/** Of the jobs of a project that have a key in common one is enqueued, until it is `windowMs` old. */
export type Uniqueness = { key(input: unknown): string; windowMs: number }

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** What holds for a kind unless it says otherwise. */
export const kindDefaults: JobKind = {
  timeoutMs: 15 * MINUTE_MS,
  failuresMax: 5,
  backoffMs: [1_000, 5 * MINUTE_MS],
  priority: 1,
  promiseMs: 10 * MINUTE_MS,
}

/** What the installation does of itself, by its schedule. */
export type ScheduledKind = 'records.purge' | 'jobs.sweep' | 'dead_letters.digest'
export type ScheduledInput = { tick: number }

/** However many processes see a tick, it is run once; also by a clock that goes back by less than the window. */
const oncePerTick: Uniqueness = {
  key: (input) => String((input as ScheduledInput).tick),
  windowMs: 7 * DAY_MS,
}

export type Kinds = Readonly<Record<string, JobKind>>

/** Every kind of job. A step that a person waits for goes before what nobody looks at. */
const table = {
  'outline.generate': { ...kindDefaults, priority: 0 },
  'chapters.organize': kindDefaults,
  'section.write': kindDefaults,
  'seo.generate': kindDefaults,
  'images.prompt': kindDefaults,
  'blog.compose': kindDefaults,
  'document.persist': { ...kindDefaults, priority: 0, timeoutMs: MINUTE_MS },
  'records.purge': { ...kindDefaults, priority: 2, unique: oncePerTick },
  'jobs.sweep': { ...kindDefaults, unique: oncePerTick },
  'dead_letters.digest': { ...kindDefaults, priority: 2, unique: oncePerTick },
} satisfies Kinds & Record<StepName | ScheduledKind, JobKind>

/** A kind that stands in the table; the compiler asks for its handler in worker/jobs/registry.ts. */
export type KindName = keyof typeof table

export const jobKinds: Readonly<Record<KindName, JobKind>> = table

/** Workers are replaced one by one: within about an hour one comes that knows the kind, or nobody ever will. */
const unknownKind: JobKind = { ...kindDefaults, failuresMax: 10, backoffMs: [MINUTE_MS, 10 * MINUTE_MS] }

/** The rules of a kind, also of one that this version does not know. */
export const kindOf = (kind: string, kinds: Kinds = jobKinds): JobKind => kinds[kind] ?? unknownKind

const LANE_KEY_CHARS_MAX = 200

/** What the limits of a job are shared by: its kind, or its kind and key. */
export function laneOf(kind: string, input: unknown, kinds: Kinds = jobKinds): string {
  const { key } = kindOf(kind, kinds)
  return key ? `${kind}:${key(input).slice(0, LANE_KEY_CHARS_MAX)}` : kind
}

/** The kind that a lane belongs to. */
export const kindOfLane = (lane: string): string => lane.split(':', 1)[0]!

export const isLimited = (kind: JobKind): boolean => kind.concurrency !== undefined || kind.rate !== undefined

/** The time between two starts, in whole milliseconds. */
export const spacingOf = ({ starts, perMs }: Rate): number => Math.ceil(perMs / starts)

/** When to try again after the given number of failures. */
export function backoffMs({ backoffMs: [first, most] }: JobKind, failures: number): number {
  const cap = Math.min(most, first * 2 ** (failures - 1))
  return Math.round(cap * (0.5 + Math.random() / 2))
}
