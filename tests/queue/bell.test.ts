import { expect, test } from 'bun:test'
import { existsSync, writeFileSync } from 'node:fs'
import { openBell } from '#src/queue/bell.ts'
import { until } from '../harness.ts'
import { temporaryFolder } from '../processes/processes.ts'

function counted(folder: string) {
  const bell = openBell(folder)!
  const heard = { times: 0 }
  bell.listen(() => heard.times++)
  return { bell, heard }
}

/** They call each other in the background. */
const untilHeard = (ringer: { ring(): void }, heard: { times: number }) =>
  until('it is heard', () => {
    ringer.ring()
    return heard.times > 0
  })

test('whoever rings is heard by all others, whichever came first, and not by itself', async () => {
  using folder = temporaryFolder()
  const all = [1, 2, 3].map(() => counted(folder.file('bell')))
  const [first, second, third] = all
  await untilHeard(third!.bell, first!.heard)
  await untilHeard(first!.bell, second!.heard)
  await untilHeard(first!.bell, third!.heard)
  const own = counted(folder.file('lonely'))
  own.bell.ring()
  await new Promise((resolve) => setImmediate(resolve))
  expect(own.heard.times).toBe(0)
  for (const { bell } of [...all, own]) bell.close()
  expect(existsSync(folder.file('bell'))).toBe(false)
})

test('what a process that was killed left behind disturbs nobody and is cleared away', async () => {
  using folder = temporaryFolder()
  const first = counted(folder.file('bell'))
  writeFileSync(folder.file('bell/99999-dead.sock'), '')
  const second = counted(folder.file('bell'))
  await until('it is cleared away', () => !existsSync(folder.file('bell/99999-dead.sock')))
  await untilHeard(first.bell, second.heard)
  first.bell.close()
  second.bell.close()
})

test('where no socket can be made there is no bell, and no error', () => {
  using folder = temporaryFolder()
  writeFileSync(folder.file('file'), '')
  expect(openBell(folder.file('file'))).toBeUndefined()
  expect(openBell(folder.file('x'.repeat(120)))).toBeUndefined()
})
