import { expect, test } from 'bun:test'
import { growing, soak } from './soak.ts'

const isLinux = process.platform === 'linux'

if (!isLinux)
  console.warn('The tests of what a worker holds are SKIPPED: only Linux tells of other processes.')

test.skipIf(!isLinux)(
  'memory and open files of a worker stay flat over thousands of jobs',
  async () => {
    expect(growing(await soak({ backend: 'inline', small: 4_500, long: 24 }))).toEqual([])
  },
  60_000,
)

test.skipIf(!isLinux)(
  'they stay flat over Cloudflare Queues too',
  async () => {
    expect(growing(await soak({ backend: 'cloudflare', small: 600, long: 6 }))).toEqual([])
  },
  60_000,
)

test('what grows is found', () => {
  const held = (mib: number, files: number, sockets = 3) => ({
    memoryMib: [mib - 1, mib, mib + 1],
    files,
    sockets,
  })
  expect(growing([held(80, 9), held(150, 11), held(170, 11, 5)])).toEqual([])
  expect(growing([held(80, 9), held(150, 11), held(190, 12, 9)])).toEqual([
    'memory grew from 150 to 190 MiB',
    'open files grew from 11 to 12',
    'sockets grew from 3 to 9',
  ])
})
