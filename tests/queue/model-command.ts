import type { Connection } from '#db/connect.ts'
import type { JobRow } from '#src/jobs/schemas.ts'
import type { Queue } from '#src/queue/queue.ts'

/** What the model knows of a job: what anybody may see of it, and who holds it. */
export type Known = {
  projectId: string
  state: JobRow['state']
  dueAt: number
  token: number
  attempts: number
  asked: boolean
  effects: number
}
export type Model = {
  jobs: Known[]
  now: number
  paused: boolean
  claims: { job: number; token: number }[]
  /** How many commands were carried out. */
  done: number
}

export type Real = {
  connection: Connection
  queue: Queue
  url: string
  ids: string[]
  claims: JobRow[]
  now: number
}

export const isLive = ({ state }: Known) => state === 'queued' || state === 'running'
export const isDue = (job: Known, now: number) => isLive(job) && job.dueAt <= now
export const pick = <T>(list: T[], index: number): T => list[index % list.length]!
/** The numbers of the jobs for which something holds. */
export const numbersOf = ({ jobs }: Model, holds: (job: Known) => boolean): number[] =>
  jobs.flatMap((job, number) => (holds(job) ? [number] : []))

/** The clock that claims and leases read. */
const at = async <T>(real: Real, work: () => Promise<T>): Promise<T> => {
  const { now } = Date
  Date.now = () => real.now
  try {
    return await work()
  } finally {
    Date.now = now
  }
}

export class Command {
  constructor(
    readonly name: string,
    readonly needs: (model: Model) => boolean,
    readonly act: (model: Model, real: Real) => Promise<void>,
  ) {}
  check = (model: Readonly<Model>) => this.needs(model as Model)
  run = (model: Model, real: Real) => {
    model.done++
    return at(real, () => this.act(model, real))
  }
  toString = () => this.name
}
