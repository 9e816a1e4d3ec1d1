import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { type Connection, connect } from '#db/connect.ts'
import type { JobRow } from '#src/jobs/schemas.ts'
import { inlineQueue } from '#src/queue/inline.ts'
import type { Delivery, Queue } from '#src/queue/queue.ts'
import { claimAll } from '#worker/claim.ts'
import { bury, postpone, release, renew, stop, succeed } from '#worker/lease.ts'
import { temporaryFolder } from '../processes/processes.ts'
import { addJobs, openDatabase } from './queued.ts'

const RUNS = 150
const COMMANDS = 80
const SEED = 20_261_122
const LEASE_MS = 10_000
const WORKERS = 3
const ERROR = { code: 'internal', message: 'Something failed on our side.' }

/** What the model knows of a job: what anybody may see of it, and who holds it. */
type Known = {
  state: JobRow['state']
  dueAt: number
  token: number
  attempts: number
  asked: boolean
  effects: number
}
type Model = { jobs: Known[]; now: number; paused: boolean; claims: { job: number; token: number }[] }

type Real = {
  connection: Connection
  queue: Queue
  url: string
  ids: string[]
  claims: JobRow[]
  now: number
}

const isDue = (job: Known, now: number) =>
  (job.state === 'queued' || job.state === 'running') && job.dueAt <= now
const pick = <T>(list: T[], index: number): T => list[index % list.length]!

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

class Command {
  constructor(
    readonly name: string,
    readonly needs: (model: Model) => boolean,
    readonly act: (model: Model, real: Real) => Promise<void>,
  ) {}
  check = (model: Readonly<Model>) => this.needs(model as Model)
  run = (model: Model, real: Real) => at(real, () => this.act(model, real))
  toString = () => this.name
}

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
          model.jobs.push({ state: 'queued', dueAt, token: 0, attempts: 0, asked: false, effects: 0 })
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
  .tuple(fc.constantFrom('succeed', 'postpone', 'release', 'bury', 'stop', 'renew'), fc.nat(1_000))
  .map(
    ([what, index]) =>
      new Command(`${what} claim ${index}`, hasClaims, async (model, real) => {
        const at = index % model.claims.length
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

const asking = fc.nat(1_000).map(
  (index) =>
    new Command(
      `ask ${index} to stop`,
      (model) => model.jobs.some(({ state }) => state === 'running'),
      async (model, real) => {
        const running = model.jobs.flatMap((job, number) => (job.state === 'running' ? [number] : []))
        const number = pick(running, index)
        model.jobs[number]!.asked = true
        await real.connection.db.rows('UPDATE jobs SET cancel_requested_at = 1 WHERE id = ?', [
          real.ids[number],
        ])
      },
    ),
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

const pausing = fc.boolean().map(
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

test('whatever is done with the queue in whatever order, over restarts, it does what a list of jobs would', async () => {
  const commands = fc.commands(
    [
      adding,
      pulling,
      pulling,
      settling,
      settling,
      asking,
      handingBack,
      passing,
      pausing,
      restarting,
      looking,
    ],
    { maxCommands: COMMANDS, size: 'max' },
  )
  await fc.assert(
    fc.asyncProperty(commands, async (all) => {
      using folder = temporaryFolder()
      const url = `file:${folder.file('quill.db')}`
      const start = Date.now()
      const connection = await openDatabase(url, 'NORMAL')
      await connection.db.run('CREATE TABLE effects (job INTEGER PRIMARY KEY, count INTEGER NOT NULL)')
      const real: Real = { connection, url, ids: [], claims: [], now: start, queue: null as never }
      real.queue = inlineQueue(connection.db, { now: () => real.now })
      const model: Model = { jobs: [], now: start, paused: false, claims: [] }
      try {
        await fc.asyncModelRun(() => ({ model, real }), all)
      } finally {
        real.connection.close()
      }
    }),
    { numRuns: RUNS, seed: SEED },
  )
}, 120_000)

const pullOnce = (queue: Queue, max: number): Promise<Delivery[]> =>
  queue.pull({ max, waitMs: 0, signal: new AbortController().signal })
