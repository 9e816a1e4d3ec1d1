import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { inlineQueue } from '#src/queue/inline.ts'
import { temporaryFolder } from '../processes/processes.ts'
import type { Model, Real } from './model-command.ts'
import { anyCommand } from './queue-commands.ts'
import { openDatabase } from './queued.ts'

const RUNS = 150
/** What each run carries out at least … */
const COMMANDS = 80
/** … of this many, because some find nothing to act upon. */
const COMMANDS_DRAWN = 145
const SEED = 20_261_122

test('whatever is done with the queue in whatever order, over restarts, it does what a list of jobs would', async () => {
  const done: number[] = []
  const commands = fc.array(anyCommand, { minLength: COMMANDS_DRAWN, maxLength: COMMANDS_DRAWN })
  await fc.assert(
    fc.asyncProperty(commands, async (all) => {
      done.push(await runAll(all))
    }),
    { numRuns: RUNS, seed: SEED },
  )
  expect(done).toHaveLength(RUNS)
  expect(Math.min(...done)).toBeGreaterThanOrEqual(COMMANDS)
}, 120_000)

/** Carries out commands on a new queue and on its model, and returns how many found something to act upon. */
async function runAll(commands: Iterable<fc.AsyncCommand<Model, Real>>): Promise<number> {
  using folder = temporaryFolder()
  const url = `file:${folder.file('quill.db')}`
  const connection = await openDatabase(url, 'NORMAL')
  await connection.db.run('CREATE TABLE effects (job INTEGER PRIMARY KEY, count INTEGER NOT NULL)')
  const now = Date.now()
  const real: Real = { connection, url, ids: [], claims: [], now, queue: null as never }
  real.queue = inlineQueue(connection.db, { now: () => real.now })
  const model: Model = { jobs: [], now, paused: false, claims: [], done: 0 }
  try {
    await fc.asyncModelRun(() => ({ model, real }), commands)
  } finally {
    real.connection.close()
  }
  return model.done
}
