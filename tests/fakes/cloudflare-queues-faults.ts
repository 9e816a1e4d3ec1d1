import { type Fields, isFields } from './cloudflare-queues-fields.ts'
import { type RefusalName, refusalNames } from './cloudflare-queues-refusals.ts'

const operations = ['push', 'pull', 'ack', 'peek', 'purge', 'manage'] as const
const mishaps = [
  'slow',
  'lost-answer',
  'refused',
  'bad-gateway',
  'unsuccessful',
  'duplicate',
  'reorder',
] as const

/** What a call is about: faults are told apart by it, and the limit of requests leaves pulls and acks out. */
export type Operation = (typeof operations)[number]

/**
 * What may go wrong: any refusal by its name, and what is none.
 * `slow`: the answer comes after `ms`. `lost-answer`: the work is done, then the connection breaks. `refused`: it
 * breaks before anything is done. `bad-gateway`: 502 with a page instead of JSON. `unsuccessful`: `success: false`
 * under status 200. `duplicate`: what is pulled may be pulled again at once. `reorder`: messages come in any order.
 */
export type FaultKind = RefusalName | (typeof mishaps)[number]

export const faultKinds: readonly FaultKind[] = [...mishaps, ...refusalNames]

export type Fault = {
  kind: FaultKind
  /** Every operation unless told. */
  on?: Operation
  /** For so many calls; until it is healed unless told. */
  times?: number
  /** From 0 to 1, by the fake's own seed; always unless told. */
  chance?: number
  /** How slow, or what a refusal says in `retry-after`: a second with status 429 unless told. */
  ms?: number
}

export function createFaults(random: () => number) {
  let faults: Fault[] = []
  return {
    inject(fault: Fault) {
      faults.push({ ...fault })
    },
    heal() {
      faults = []
    },
    /** The faults that hit this call. */
    strike(operation: Operation): Map<FaultKind, Fault> {
      const hits = faults.filter(
        ({ on, chance, times }) =>
          (on ?? operation) === operation && times !== 0 && (chance === undefined || random() < chance),
      )
      for (const fault of hits) if (fault.times !== undefined) fault.times--
      return new Map(hits.map((fault) => [fault.kind, fault]))
    },
  }
}

/** A fault as somebody asked for it, or in a text what is wrong with it. */
export function readFault(value: unknown): Fault | string {
  if (!isFields(value)) return `A fault is an object with a kind: ${faultKinds.join(', ')}.`
  if (!faultKinds.some((kind) => kind === value.kind))
    return `There is no such kind of fault. There are ${faultKinds.join(', ')}.`
  const complaints = Object.keys(value).flatMap((name) => complaintOf(name, value))
  return complaints.length ? complaints.join(' ') : (value as Fault)
}

function complaintOf(name: string, fields: Fields): string[] {
  const rule = Object.hasOwn(rules, name) ? rules[name as keyof Fault] : undefined
  if (!rule) return [`A fault has no "${name}", only ${Object.keys(rules).join(', ')}.`]
  return rule.fits(fields[name]) ? [] : [`${name} must be ${rule.must}.`]
}

const isFrom = (value: unknown, least: number) =>
  typeof value === 'number' && Number.isFinite(value) && value >= least

const rules: Record<keyof Fault, { must: string; fits(value: unknown): boolean }> = {
  kind: { must: 'one that there is', fits: () => true },
  on: {
    must: `one of ${operations.join(', ')}`,
    fits: (value) => operations.some((operation) => operation === value),
  },
  times: { must: 'a whole number from 1', fits: (value) => isFrom(value, 1) && Number.isInteger(value) },
  chance: { must: 'a number from 0 to 1', fits: (value) => isFrom(value, 0) && (value as number) <= 1 },
  ms: { must: 'a number of milliseconds from 0', fits: (value) => isFrom(value, 0) },
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32, Tommy Ettinger, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
