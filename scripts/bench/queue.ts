// The queue beside bare bun:sqlite, and beside the peers that QUEUE_PEERS names the folder of: of all that are there, or
// of `--peers plainjob,graphile-worker,pg-boss,bullmq`. `--quick` leaves out the million that wait.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compared, type Figure, figure, median, printFigures } from './figures.ts'
import { type Contender, JOBS, removeDatabase } from './queue/contender.ts'
import { latencies } from './queue/latency.ts'
import { installedPeers } from './queue/peers.ts'
import { drain, fill, measure, type Rates } from './queue/phases.ts'
import { openQuill, quill } from './queue/quill.ts'
import { raw } from './queue/raw.ts'

const ROUNDS = 3
const WAITING = 1_000_000
const RATES = [
  ['oneByOne', 'enqueued one by one'],
  ['inFlight', 'enqueued, 50 in flight'],
  ['processed', 'processed'],
] as const

const folder = mkdtempSync(join(tmpdir(), 'quill-bench-'))
const file = join(folder, 'queue.db')
const emptyFile = join(folder, 'empty.db')
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))

const ours = [quill('NORMAL'), quill('FULL')]
const peers = await installedPeers()
const contenders = [raw('NORMAL'), raw('FULL'), ...ours, ...peers]

// First of all, as long as the process has nothing to tidy up after.
const { within, across, idleCpuPercent } = await latencies(file)
removeDatabase(file)

// Round by round, so that whatever else the machine does meets all of them.
const rounds = new Map<Contender, Rates[]>(contenders.map((contender) => [contender, []]))
for (let round = 0; round < ROUNDS; round++)
  for (const contender of contenders) rounds.get(contender)!.push(await measure(contender, file))

const figures: Figure[] = []
for (const contender of contenders) {
  const bound = contenders.find(
    ({ name, durability }) => /^bare/.test(name) && durability === contender.durability,
  )!
  for (const [key, what] of RATES)
    figures.push(
      compared(`${contender.name}: ${what}`, middle(contender, key), {
        baseline: middle(bound, key),
        unit: '/s',
      }),
    )
  figures.push(
    figure(`${contender.name}: longest stall of the event loop`, middle(contender, 'stallMs'), 'ms'),
  )
}
for (const contender of ours)
  for (const peer of peers.filter(({ durability }) => durability === contender.durability))
    for (const [key, what] of RATES)
      figures.push(
        compared(`${contender.name} beside ${peer.name}: ${what}`, middle(contender, key), {
          baseline: middle(peer, key),
          unit: '/s',
        }),
      )
if (!process.argv.includes('--quick')) figures.push(...(await underAMillion()))
figures.push(
  figure('idle, from enqueueing to start in one process, p50', within.p50, 'ms'),
  figure('idle, from enqueueing to start in one process, p99', within.p99, 'ms'),
  figure('idle, from enqueueing in another process to start, p50', across.p50, 'ms'),
  figure('idle, from enqueueing in another process to start, p99', across.p99, 'ms'),
  figure('CPU of an idle worker', idleCpuPercent, '%'),
)
printFigures(figures)
process.exit(0)

function middle(contender: Contender, key: keyof Rates): number {
  return median(rounds.get(contender)!.map((rates) => rates[key]))
}

/** The rate of the same jobs with a million more behind them; both are measured in turns. */
async function underAMillion(): Promise<Figure[]> {
  const rates: { alone: number[]; behind: number[] } = { alone: [], behind: [] }
  const full = await openQuill(file, 'NORMAL')
  await fill(full, WAITING)
  for (let round = 0; round < ROUNDS; round++) {
    rates.behind.push((await drain(full, JOBS)).processed)
    const empty = await openQuill(emptyFile, 'NORMAL')
    await fill(empty, JOBS)
    rates.alone.push((await drain(empty, JOBS)).processed)
    await empty.close()
    removeDatabase(emptyFile)
  }
  await full.close()
  removeDatabase(file)
  const baseline = median(rates.alone)
  return [
    compared(`processed with ${WAITING} waiting, beside none`, median(rates.behind), {
      baseline,
      unit: '/s',
    }),
  ]
}
