// Installs what the tests need, runs them, and ends with the line `N passed, N failed`.
import { existsSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const WORKERS = 2
const TEST_TIMEOUT_MS = 60_000

const root = join(import.meta.dir, '..')
const report = join(tmpdir(), `quill-tests-${process.pid}.xml`)

await run(['install', '--frozen-lockfile'], join(root, 'tests'))
const paths = process.argv.slice(2)
const exitCode = await bun(
  [
    'test',
    `--parallel=${WORKERS}`,
    `--timeout=${TEST_TIMEOUT_MS}`,
    '--reporter=junit',
    `--reporter-outfile=${report}`,
    ...paths,
  ],
  root,
)
if (!existsSync(report)) {
  console.log('The test runner wrote no report.\n0 passed, 1 failed')
  process.exit(1)
}
const { passed, failed, skipped } = count(await Bun.file(report).text())
rmSync(report)
if (skipped) console.log(`${skipped} skipped`)
console.log(`${passed} passed, ${failed} failed`)
process.exit(exitCode === 0 && failed === 0 && passed > 0 ? 0 : 1)

/** Counts the cases of a JUnit report: its own totals leave out files that failed to load. */
function count(xml: string) {
  const cases = xml.match(/<testcase\b[^>]*?(\/>|>[\s\S]*?<\/testcase>)/g) ?? []
  const failed = cases.filter((text) => /<(failure|error)\b/.test(text)).length
  const skipped = cases.filter((text) => /<skipped\b/.test(text)).length
  return { passed: cases.length - failed - skipped, failed, skipped }
}

async function run(args: string[], cwd: string) {
  const code = await bun(args, cwd)
  if (code !== 0) process.exit(code)
}

function bun(args: string[], cwd: string): Promise<number> {
  return Bun.spawn([process.execPath, ...args], {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NODE_ENV: 'test' },
  }).exited
}
