// Has a worker perform many jobs, over both queues, and looks whether its memory or its open files grow.
import { parseArgs } from 'node:util'
import type { QueueName } from '#src/queue/queue.ts'
import { GROWTH_MIB_MAX, growing, soak } from '#tests/soak/soak.ts'

const JOBS = {
  inline: { small: 200_000, long: 2_000 },
  // The API of Cloudflare takes 1,200 requests in five minutes.
  cloudflare: { small: 12_000, long: 120 },
} as const satisfies Record<QueueName, { small: number; long: number }>

const USAGE = `Usage: bun run test:soak [--backend inline|cloudflare] [--share PART]

  --backend  one of the backends alone
  --share    of the jobs, which are ${JOBS.inline.small} small and ${JOBS.inline.long} long ones, or over Cloudflare
             ${JOBS.cloudflare.small} and ${JOBS.cloudflare.long}: 0.1 is a tenth; 1 unless told

In the last third of them the worker may hold ${GROWTH_MIB_MAX} MiB more than in the second, and no file more. Linux only.`

const { backends, share } = readArguments()
let failures = 0
for (const backend of backends) {
  const { small, long } = JOBS[backend]
  const asked = { small: Math.round(small * share), long: Math.round(long * share) }
  say(`${backend}: ${asked.small} small jobs and ${asked.long} long ones`)
  const found = growing(await soak({ backend, ...asked, say: (line) => say(`  ${line}`) }))
  for (const what of found) say(`  GROWS: ${what}`)
  failures += found.length
}
say(failures ? `${failures} failed` : 'nothing grows')
process.exit(failures ? 1 : 0)

function readArguments() {
  const options = { backend: { type: 'string' }, share: { type: 'string' } } as const
  const { values } = parseArgs({ options })
  const backends = (Object.keys(JOBS) as QueueName[]).filter((name) => name === (values.backend ?? name))
  const share = Number(values.share ?? 1)
  if (!backends.length || !(share > 0)) {
    say(USAGE)
    process.exit(2)
  }
  return { backends, share }
}

function say(line: string) {
  process.stdout.write(`${line}\n`)
}
