import { join } from 'node:path'
import { percentile } from '../figures.ts'
import { openQuill } from './quill.ts'

const SAMPLES = 200
const IDLE_MS = 10_000
/** Between two samples the worker becomes idle; not always for equally long. */
const pauseMs = (sample: number) => 3 + ((sample * 7) % 23)

export type Latency = { p50: number; p99: number }

const now = () => performance.timeOrigin + performance.now()

/** From enqueueing to the first line of the handler, of one job at a time, by an idle worker. */
export async function latencies(file: string) {
  const opened = await openQuill(file, 'FULL')
  let heard: (sentAt: number) => void = () => {}
  const worker = opened.work((payload) => heard((payload as { sentAt: number }).sentAt))
  const sample = async (send: () => unknown) => {
    const { promise, resolve } = Promise.withResolvers<number>()
    heard = (sentAt) => resolve(now() - sentAt)
    await send()
    return promise
  }
  const within = await series(() => sample(() => opened.add({ sentAt: now() })))
  const idleCpuPercent = await idleCpu()
  const producer = Bun.spawn([process.execPath, join(import.meta.dir, 'producer.ts'), file], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  await producer.stdout.getReader().read()
  const across = await series(() =>
    sample(() => {
      producer.stdin.write('one\n')
      return producer.stdin.flush()
    }),
  )
  producer.stdin.end()
  await producer.exited
  await worker.stop()
  await opened.close()
  return { within, across, idleCpuPercent }
}

async function series(sample: () => Promise<number>): Promise<Latency> {
  const values: number[] = []
  for (let index = 0; index < SAMPLES; index++) {
    values.push(await sample())
    await Bun.sleep(pauseMs(index))
  }
  return { p50: percentile(values, 0.5), p99: percentile(values, 0.99) }
}

async function idleCpu(): Promise<number> {
  const before = process.cpuUsage()
  await Bun.sleep(IDLE_MS)
  const { user, system } = process.cpuUsage(before)
  return ((user + system) / 1_000 / IDLE_MS) * 100
}
