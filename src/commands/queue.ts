import type { Db } from '#db/connect.ts'
import { checkDotEnv, readEnv } from '#src/env.ts'
import { AppError } from '#src/errors.ts'
import { createLog } from '#src/log.ts'
import { openQueue } from '#src/queue/backends.ts'
import type { Queue } from '#src/queue/queue.ts'
import { withDatabase } from '#src/services.ts'
import { readArgs, UsageError } from './command.ts'

export const usage = `Usage: quill queue status | pause | resume

  status  whether jobs begin, and how many wait
  pause   let no job begin, in any process, until \`resume\`; what runs goes on to its end, what is asked for is kept
  resume  let jobs begin again

A pause outlasts restarts. What it does goes for the queue that QUEUE chooses.`

export async function run(args: string[]): Promise<number> {
  const { positionals } = readArgs({ args, options: {}, allowPositionals: true }, usage)
  const [verb = '', ...more] = positionals
  if (!isVerb(verb) || more.length) throw new UsageError(usage)
  checkDotEnv(process.cwd())
  const env = readEnv(process.env)
  const lines = await withDatabase(env, async ({ db }) => {
    const queue = openQueue({ db, log: createLog(env.logLevel) }, env.queue)
    try {
      return [await verbs[verb](queue), await countJobs(db)]
    } catch (error) {
      throw new AppError(
        'unavailable',
        `The queue could not be asked to ${verb}. ${(error as Error).message}`,
      )
    } finally {
      await queue.close()
    }
  })
  process.stdout.write(`${lines.join('\n')}\n`)
  return 0
}

const verbs = {
  async status(queue: Queue) {
    return (await queue.isPaused())
      ? `The queue (${queue.name}) is paused. \`quill queue resume\` lets jobs begin again.`
      : `The queue (${queue.name}) is open: jobs begin as workers have room.`
  },
  async pause(queue: Queue) {
    const was = await queue.isPaused()
    await queue.pause()
    return `The queue (${queue.name}) ${was ? 'was paused already' : 'is paused'}: no job begins until \`quill queue resume\`.`
  },
  async resume(queue: Queue) {
    const was = await queue.isPaused()
    await queue.resume()
    return `The queue (${queue.name}) ${was ? 'is open again' : 'was not paused'}: jobs begin as workers have room.`
  },
}

const isVerb = (text: string): text is keyof typeof verbs => Object.hasOwn(verbs, text)

async function countJobs(db: Db): Promise<string> {
  const rows = await db.rows(
    `SELECT (SELECT count(*) FROM jobs WHERE ready = 1) + (SELECT count(*) FROM jobs WHERE ready = 0 AND state = 'queued'),
      (SELECT count(*) FROM jobs WHERE ready = 0 AND state = 'running')`,
    [],
  )
  const [[waiting, running]] = rows as [[number, number]]
  return `${jobs(waiting, 'waits', 'wait')}, ${jobs(running, 'runs', 'run')}.`
}

const jobs = (count: number, one: string, many: string) =>
  count === 1 ? `1 job ${one}` : `${count} jobs ${many}`
