// Kills, stops and cuts off the processes of Quill while clients ask for work, and looks whether anything was lost or
// done twice. Then plants defects that only show when something dies, each of which must be found.
import { parseArgs } from 'node:util'
import type { QueueName } from '#src/queue/queue.ts'
import type { Aim } from '#tests/chaos/aim.ts'
import { chaos, type Options, type Outcome } from '#tests/chaos/chaos.ts'
import { type Mutant, mutants, nothingPlanted } from '#tests/chaos/mutants.ts'

const USAGE = `Usage: bun run test:chaos [SECONDS] [--backend inline|cloudflare] [--mutants|--no-mutants]

  SECONDS       how long processes die, all backends together; 60 unless told. Coming to rest takes some more.
  --backend     one of the backends alone
  --mutants     nothing but the planted defects
  --no-mutants  without them

CHAOS_SEED decides when what dies; another one at each run unless told.`

const BACKENDS: readonly QueueName[] = ['inline', 'cloudflare']
const SECONDS = 60
const SECONDS_MAX = 86_400
const SEED_MAX = 1_000_000
/** How long blows are dealt to a planted defect: aimed ones, once more where none of them hit, and then by chance. */
const MUTANT_MS = 25_000
/** What is lost with a planted defect is lost for good sooner. */
const MUTANT_STUCK_MS = 3_000

const { seconds, backends, withChaos, withMutants } = readArguments()
const seed = Number(process.env.CHAOS_SEED || Math.ceil(Math.random() * SEED_MAX))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
say(`CHAOS_SEED=${seed}`)

let failures = 0
if (withChaos)
  for (const backend of backends) {
    const outcome = await run({ backend, seed, ms: (seconds * 1_000) / backends.length })
    if (outcome.broken.length) failures++
  }
if (withMutants) for (const backend of backends) if (!(await isSound(backend))) failures++
if (withMutants)
  for (const mutant of mutants.filter(({ backend }) => backends.includes(backend)))
    if (!(await isFound(mutant))) failures++
say(failures ? `${failures} failed` : 'nothing was lost, nothing was done twice')
process.exit(failures ? 1 : 0)

async function run(options: Options): Promise<Outcome> {
  const outcome = await chaos(options)
  const { kills, pauses, acknowledged, jobs, versions, begunAgain, cancelled, broken } = outcome
  say(
    `${options.backend}: ${kills} kills, ${pauses} pauses; ${acknowledged} requests acknowledged, ${jobs} jobs, ` +
      `${begunAgain} of them begun again, ${cancelled} cancelled; ${versions} versions`,
  )
  for (const what of broken) say(`  BROKEN ${what}`)
  return outcome
}

/** Whether a planted defect is found, and by what it breaks: one that breaks the start would be found by anything. */
async function isFound({ name, backend, edits, aim, breaks }: Mutant): Promise<boolean> {
  const planted = `${backend} with "${name}"`
  const turns: (Aim[] | undefined)[] = aim ? [[aim], [aim], undefined] : [undefined]
  for (const aims of turns) {
    const dealt = { aims, untilBroken: breaks, stuckMs: MUTANT_STUCK_MS }
    const { kills, pauses, broken } = await chaos({ backend, seed, ms: MUTANT_MS, edits, ...dealt })
    const found = broken.find((what) => breaks.test(what))
    const by = `by ${aims ?? 'chance'}, ${kills} kills and ${pauses} pauses`
    if (found) say(`${planted}: found ${by}: ${found}`)
    if (found) return true
    for (const what of broken) say(`  ${planted} was found by something else: ${what}`)
  }
  say(`${planted}: SURVIVED`)
  return false
}

/** Whether the blows that show the defects break nothing where there is none. */
async function isSound(backend: QueueName): Promise<boolean> {
  const { kills, pauses, broken } = await chaos({ backend, seed, ms: MUTANT_MS, ...nothingPlanted })
  say(
    `${backend} with nothing planted: ${kills} kills and ${pauses} pauses broke ${broken.length || 'nothing'}`,
  )
  for (const what of broken) say(`  BROKEN ${what}`)
  return !broken.length
}

function readArguments() {
  const options = {
    backend: { type: 'string' },
    mutants: { type: 'boolean' },
    'no-mutants': { type: 'boolean' },
  } as const
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  const seconds = Number(positionals[0] ?? SECONDS)
  const backends = BACKENDS.filter((name) => name === (values.backend ?? name))
  if (positionals.length > 1 || !(seconds > 0 && seconds <= SECONDS_MAX) || !backends.length) {
    say(USAGE)
    process.exit(2)
  }
  return { seconds, backends, withChaos: !values.mutants, withMutants: !values['no-mutants'] }
}

function say(line: string) {
  process.stdout.write(`${line}\n`)
}
