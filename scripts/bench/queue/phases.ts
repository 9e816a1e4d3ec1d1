import { type Contender, JOBS, type Opened, payloadOf, removeDatabase } from './contender.ts'

const IN_FLIGHT = 50
const BULK = 500
/** A phase ends after this long, and its rate is of what was done by then. */
const PHASE_MS = 6_000
const TICK_MS = 2

export type Rates = { oneByOne: number; inFlight: number; processed: number; stallMs: number }

/** Jobs a second in each phase, each on a new file. */
export async function measure(contender: Contender, file: string): Promise<Rates> {
  const fresh = async <Result>(phase: (opened: Opened) => Promise<Result>) => {
    removeDatabase(file)
    const opened = await contender.open(file)
    try {
      return await phase(opened)
    } finally {
      await opened.close()
      removeDatabase(file)
    }
  }
  return {
    oneByOne: await fresh((opened) => enqueueRate(opened, 1)),
    inFlight: await fresh((opened) => enqueueRate(opened, IN_FLIGHT)),
    ...(await fresh(drainRate)),
  }
}

async function enqueueRate({ add }: Opened, inFlight: number): Promise<number> {
  const start = performance.now()
  let done = 0
  const hand = async () => {
    while (done < JOBS && performance.now() - start < PHASE_MS) await add(payloadOf(done++))
  }
  await Promise.all(Array.from({ length: inFlight }, hand))
  return perSecond(done, start)
}

/** Enqueues, then performs all; how fast, and the longest time in between that nothing else could run. */
async function drainRate(opened: Opened): Promise<Pick<Rates, 'processed' | 'stallMs'>> {
  await fill(opened, JOBS)
  return drain(opened, JOBS)
}

export async function fill({ addMany }: Opened, jobs: number): Promise<void> {
  for (let first = 0; first < jobs; first += BULK)
    await addMany(
      Array.from({ length: Math.min(BULK, jobs - first) }, (_, index) => payloadOf(first + index)),
    )
}

export async function drain({ work }: Opened, jobs: number): Promise<Pick<Rates, 'processed' | 'stallMs'>> {
  const finished = Promise.withResolvers<void>()
  let done = 0
  let last = performance.now()
  let stallMs = 0
  const tick = setInterval(() => {
    const now = performance.now()
    stallMs = Math.max(stallMs, now - last - TICK_MS)
    last = now
  }, TICK_MS)
  const start = performance.now()
  const worker = work(() => {
    if (++done === jobs) finished.resolve()
  })
  await finished.promise
  stallMs = Math.max(stallMs, performance.now() - last - TICK_MS)
  const processed = perSecond(jobs, start)
  clearInterval(tick)
  await worker.stop()
  return { processed, stallMs }
}

const perSecond = (count: number, start: number) => (count / (performance.now() - start)) * 1_000
