import { expect } from 'bun:test'
import fc from 'fast-check'
import { discardDeadLetters, listErrorGroups, retryDeadLetters } from '#src/jobs/dead-letters.ts'
import { cancelJob, retryJob } from '#src/jobs/jobs.ts'
import { Command, isLive, type Known, type Model, numbersOf, pick } from './model-command.ts'

const hasEnded = ({ state }: Known) => state === 'dead' || state === 'cancelled'
const isDead = ({ state }: Known) => state === 'dead'

export const cancelling = fc.nat(1_000).map(
  (index) =>
    new Command(
      `cancel ${index}`,
      (model) => model.jobs.length > 0,
      async (model, real) => {
        const live = numbersOf(model, isLive)
        const number = pick(live.length ? live : numbersOf(model, () => true), index)
        const job = model.jobs[number]!
        await cancelJob(real.connection.db, job.projectId, real.ids[number]!)
        if (job.state === 'queued') job.state = 'cancelled'
        else if (job.state === 'running') job.asked = true
      },
    ),
)

export const retrying = fc.nat(1_000).map(
  (index) =>
    new Command(
      `retry ${index}`,
      (model) => model.jobs.some(hasEnded),
      async (model, real) => {
        const number = pick(numbersOf(model, hasEnded), index)
        const { projectId } = model.jobs[number]!
        await retryJob(real.connection.db, real.queue, { projectId, id: real.ids[number]! })
        requeue(model, [number])
      },
    ),
)

/** What somebody does with one dead letter, or with all that a project has of one group. */
export const clearing = fc.tuple(fc.constantFrom('retry', 'discard'), fc.boolean(), fc.nat(1_000)).map(
  ([what, whole, index]) =>
    new Command(
      `${what} ${whole ? 'the dead letters like' : 'dead letter'} ${index}`,
      (model) => model.jobs.some(isDead),
      async (model, real) => {
        const { db } = real.connection
        const one = pick(numbersOf(model, isDead), index)
        const { projectId } = model.jobs[one]!
        const all = numbersOf(model, (job) => isDead(job) && job.projectId === projectId)
        const [group, ...others] = await listErrorGroups(db, projectId)
        expect({ count: group?.count, others }).toEqual({ count: all.length, others: [] })
        const numbers = whole ? all : [one]
        const which = whole ? { group: group!.group } : { ids: [real.ids[one]!] }
        if (what === 'retry') {
          const { ids } = await retryDeadLetters(db, projectId, which)
          expect(ids.toSorted()).toEqual(numbers.map((number) => real.ids[number]!).toSorted())
          requeue(model, numbers)
        } else {
          expect(await discardDeadLetters(db, projectId, which)).toBe(numbers.length)
          for (const number of numbers) model.jobs[number]!.state = 'cancelled'
        }
      },
    ),
)

function requeue(model: Model, numbers: number[]) {
  for (const number of numbers)
    Object.assign(model.jobs[number]!, { state: 'queued', dueAt: model.now, attempts: 0, asked: false })
}
