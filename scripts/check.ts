// Type check and lint, as CI runs them. `--fix` lets the linter mend what it can.
import { join } from 'node:path'

const root = join(import.meta.dir, '..')
const fix = process.argv.includes('--fix')

const checks = [
  ['install', '--frozen-lockfile', '--cwd', 'tests'],
  ['x', 'tsc', '--noEmit', '-p', '.'],
  ['x', 'biome', 'check', '--error-on-warnings', ...(fix ? ['--write'] : []), '.'],
]

for (const args of checks) {
  const code = await Bun.spawn([process.execPath, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  }).exited
  if (code !== 0) process.exit(code)
}
