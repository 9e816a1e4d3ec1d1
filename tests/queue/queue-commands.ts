import { expect } from 'bun:test'
import fc from 'fast-check'
import { connect } from '#db/connect.ts'
import { inlineQueue } from '#src/queue/inline.ts'
import type { Delivery, Queue } from '#src/queue/queue.ts'
import { claimAll } from '#worker/claim.ts'
import { bury, postpone, release, renew, stop, succeed } from '#worker/lease.ts'
import { cancelling, clearing, retrying } from './clearing-commands.ts'
import { Command, isDue, type Model } from './model-command.ts'
import { addJobs } from './queued.ts'

const LEASE_MS = 10_000
const WORKERS = 3
const ERROR = { code: 'internal', message: 'Something failed on our side.' }

const always = () => true
const hasClaims = (model: Model) => model.claims.length > 0

const adding = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(0, 5_000), fc.constantFrom('prj_a', 'prj_b'))
  .map(
    ([count, delayMs, projectId]) =>
      new Command(`add ${count} in ${delayMs}`, always, async (model, real) => {
        const dueAt = real.now + delayMs
        real.ids.push(...(await addJobs(real.connection.db, count, { projectId, dueAt })))
        for (let index = 0; index < count; index++)
          model.jobs.push({
            projectId,
            state: 'queued',
            dueAt,
            token: 0,
            attempts: 0,
            asked: false,
            effects: 0,
          })
        await real.queue.send([])
      }),
  )

const pulling = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.nat(WORKERS - 1)).map(
  ([max, worker]) =>
    new Command(`pull ${max} as w${worker}`, always, async (model, real) => {
      const deliveries = await pullOnce(real.queue, max)
      const due = model.jobs.filter((job) => isDue(job, model.now)).length
      // Fewer than there are may come at a time, but something does.
      expect(deliveries.length).toBeLessThanOrEqual(model.paused ? 0 : Math.min(max, due))
      expect(deliveries.length > 0).toBe(!model.paused && due > 0)
      const ids = deliveries.map(({ jobId }) => jobId)
      const claimed = await claimAll(real.connection.db, ids, { worker: `w${worker}`, leaseMs: LEASE_MS })
      expect(claimed.map(({ id }) => id)).toEqual(ids)
      for (const row of claimed) {
        const index = real.ids.indexOf(row.id)
        const job = model.jobs[index]!
        expect(isDue(job, model.now)).toBe(true)
        Object.assign(job, {
          state: 'running',
          dueAt: model.now + LEASE_MS,
          token: job.token + 1,
          attempts: job.attempts + 1,
        })
        expect({ token: row.leaseToken, attempts: row.attempts }).toEqual({
          token: job.token,
          attempts: job.attempts,
        })
        model.claims.push({ job: index, token: job.token })
        real.claims.push(row)
      }
    }),
)

/** Something that a worker does with a job that it once took, however long ago. */
const settling = fc
  .tuple(
    fc.constantFrom('succeed', 'postpone', 'release', 'bury', 'stop', 'renew'),
    // The latest more often than those of long ago.
    fc.oneof(fc.nat(3), fc.nat(1_000)),
  )
  .map(
    ([what, index]) =>
      new Command(`${what} claim ${index} from the last`, hasClaims, async (model, real) => {
        const at = model.claims.length - 1 - (index % model.claims.length)
        const { job: number, token } = model.claims[at]!
        const job = model.jobs[number]!
        const row = real.claims[at]!
        const { db } = real.connection
        const held = job.state === 'running' && job.token === token
        const retryAt = model.now + 3_000
        const effect = db.run(`UPDATE effects SET count = count + 1 WHERE job = ${number}`)
        if (what === 'succeed') {
          await db.run(`INSERT OR IGNORE INTO effects VALUES (${number}, 0)`)
          const done = await succeed(db, row, { output: {}, writes: [effect] })
          expect(done).toBe(held && !job.asked)
          if (done) Object.assign(job, { state: 'succeeded', effects: job.effects + 1 })
        } else if (what === 'postpone') {
          expect(await postpone(db, row, { error: ERROR, dueAt: retryAt })).toBe(held)
          if (held) Object.assign(job, { state: 'queued', dueAt: retryAt })
        } else if (what === 'release') {
          expect(await release(db, row)).toBe(held)
          if (held) Object.assign(job, { state: 'queued', dueAt: model.now, attempts: row.attempts - 1 })
        } else if (what === 'bury') {
          expect(await bury(db, row, { error: ERROR, writes: [] })).toBe(held)
          if (held) job.state = 'dead'
        } else if (what === 'stop') {
          expect(await stop(db, row)).toBe(held && job.asked)
          if (held && job.asked) job.state = 'cancelled'
        } else {
          const state = (await renew(db, [row], LEASE_MS)).get(row.id)
          expect(state).toBe(held ? (job.asked ? 'cancelled' : 'held') : 'lost')
          if (held) job.dueAt = model.now + LEASE_MS
        }
      }),
  )

const handingBack = fc.constantFrom(0, 2_000).map(
  (delayMs) =>
    new Command(
      `hand back after ${delayMs}`,
      (model) => !model.paused,
      async (model, real) => {
        const [delivery] = await pullOnce(real.queue, 1)
        if (!delivery) return
        const job = model.jobs[real.ids.indexOf(delivery.jobId)]!
        await real.queue.settle({ retried: [{ delivery, delayMs }] })
        if (job.state === 'queued') job.dueAt = Math.max(model.now + delayMs, 0)
      },
    ),
)

const passing = fc.constantFrom(1_000, 4_000, 11_000).map(
  (ms) =>
    new Command(`let ${ms} pass`, always, async (model, real) => {
      model.now += ms
      real.now += ms
    }),
)

const pausing = fc.constantFrom(false, false, true).map(
  (paused) =>
    new Command(paused ? 'pause' : 'resume', always, async (model, real) => {
      await (paused ? real.queue.pause() : real.queue.resume())
      model.paused = paused
    }),
)

const restarting = fc.constant(
  new Command('restart', always, async (_model, real) => {
    await real.queue.close()
    real.connection.close()
    real.connection = connect(real.url, undefined, 'NORMAL')
    real.queue = inlineQueue(real.connection.db, { now: () => real.now })
  }),
)

const looking = fc.constant(
  new Command('look', always, async (model, real) => {
    expect(await real.queue.isPaused()).toBe(model.paused)
    const rows = await real.connection.db.rows('SELECT id, state, attempts FROM jobs', [])
    const known = model.jobs.map(({ state, attempts }, number) => [real.ids[number]!, state, attempts])
    expect(rows.toSorted()).toEqual(known.toSorted())
    const effects = await real.connection.db.rows(
      'SELECT job, count FROM effects WHERE count > 0 ORDER BY job',
      [],
    )
    expect(effects).toEqual(model.jobs.flatMap((job, number) => (job.effects ? [[number, job.effects]] : [])))
    expect(model.jobs.every((job) => job.effects <= 1)).toBe(true)
  }),
)

/** Anything that may be done with a queue; what fails is told with as many looks in place of commands as will do. */
export const anyCommand = fc.oneof(
  { withCrossShrink: true },
  looking,
  adding,
  pulling,
  pulling,
  settling,
  settling,
  cancelling,
  retrying,
  clearing,
  handingBack,
  passing,
  pausing,
  restarting,
)

const pullOnce = (queue: Queue, max: number): Promise<Delivery[]> =>
  queue.pull({ max, waitMs: 0, signal: new AbortController().signal })
