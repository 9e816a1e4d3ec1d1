import { expect, test } from 'bun:test'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '#src/env.ts'
import { Secret } from '#src/secret.ts'
import { openKeyRing } from '#src/secrets/key-ring.ts'
import { type Folder, start, temporaryFolder } from '../processes/processes.ts'
import { keyText } from './vault.ts'

const FOUNDERS = 4
const ROUNDS = 40

const ringIn = (folder: Folder) => openKeyRing({ dataDir: folder.path, masterKeys: undefined })
const modeOf = (file: string) => statSync(file).mode & 0o777

function problemsOf(work: () => unknown): string[] {
  try {
    work()
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

test('the setting gives its keys in its order, and no file is made', () => {
  using folder = temporaryFolder()
  const masterKeys = new Secret(` ${keyText('new')}, ${keyText('old')},`)
  const ring = openKeyRing({ dataDir: folder.path, masterKeys })
  expect([ring.first().id, ring.find('old')?.id, ring.find('none')]).toEqual(['new', 'old', undefined])
  expect(ring.all().map(({ id }) => id)).toEqual(['new', 'old'])
  expect(ring.first().key.export().toString('base64')).toBe(keyText('new').slice('new:'.length))
  expect(readdirSync(folder.path)).toEqual([])
})

test('a setting with faults is refused with a line for each, which repeats nothing of it', () => {
  const [, bytes] = keyText('a').split(':')
  const faults = [bytes!, `a:${bytes!.slice(4)}`, `${bytes}:a`, 'a:!', ':', `a b:${bytes}`, `b:${bytes}x`]
  const problems = problemsOf(() =>
    openKeyRing({
      dataDir: '/nowhere',
      masterKeys: new Secret([...faults, keyText('a'), keyText('a')].join()),
    }),
  )
  expect(problems).toHaveLength(faults.length + 1)
  expect(problems[0]).toStartWith('MASTER_KEYS, key 1, must be <id>:<base64 of 32 bytes>')
  expect(problems.at(-1)).toBe('MASTER_KEYS, key 9, has the id "a" of a key before it.')
  expect(problems.join('\n')).not.toContain(bytes!.slice(4, 20))
  expect(problemsOf(() => openKeyRing({ dataDir: '/nowhere', masterKeys: new Secret(' , ') }))).toHaveLength(
    1,
  )
})

test('the file is made by the first sealing and not before, for nobody but its owner', () => {
  using folder = temporaryFolder()
  const ring = ringIn(folder)
  expect([ring.all(), ring.find('none')]).toEqual([[], undefined])
  expect(readdirSync(folder.path)).toEqual([])
  const { id, key } = ring.first()
  expect(readdirSync(folder.path)).toEqual(['master.keys'])
  expect(modeOf(folder.file('master.keys'))).toBe(0o600)
  expect(ringIn(folder).first()).toMatchObject({ id })
  expect(ringIn(folder).first().key.equals(key)).toBe(true)
})

test('processes that start together end with one key, and leave no other file', async () => {
  using folder = temporaryFolder()
  const script = join(import.meta.dir, 'founding.ts')
  const founders = Array.from({ length: FOUNDERS }, () => start(folder, [script, folder.path, `${ROUNDS}`]))
  await Promise.all(founders.map((founder) => founder.line(/ready/)))
  writeFileSync(folder.file('go'), '')
  for (const founder of founders) expect(await founder.exited).toBe(0)
  const keys = founders.map((founder) =>
    founder
      .output()
      .split('\n')
      .filter((line) => line.startsWith('key ')),
  )
  expect(keys[0]).toHaveLength(ROUNDS)
  expect(new Set(keys[0]).size).toBe(ROUNDS)
  for (const others of keys) expect(others).toEqual(keys[0]!)
  for (let round = 0; round < ROUNDS; round++)
    expect(readdirSync(folder.file(`round-${round}`))).toEqual(['master.keys'])
}, 30_000)

test('a running process seals with a new key, and opens with it, from the moment it is in the file', () => {
  using folder = temporaryFolder()
  const ring = ringIn(folder)
  const before = ring.first().id
  const file = folder.file('master.keys')
  writeFileSync(file, `${keyText('late')}\n${readFileSync(file, 'utf8')}`)
  expect(ring.find('late')?.id).toBe('late')
  expect(ring.first().id).toBe('late')
  expect(ring.find(before)?.id).toBe(before)
  expect(ring.all().map(({ id }) => id)).toEqual(['late', before])
})

test('a file that has gone is missed, not made again; what is open stays open', async () => {
  using folder = temporaryFolder()
  const ring = ringIn(folder)
  const { id } = ring.first()
  rmSync(folder.file('master.keys'))
  expect(problemsOf(() => ring.first())[0]).toContain('has gone')
  expect(ring.find(id)?.id).toBe(id)
  expect(existsSync(folder.file('master.keys'))).toBe(false)
})

test('a file that everybody may read, is empty, damaged or no file is refused with what to do', async () => {
  using folder = temporaryFolder()
  const file = folder.file('master.keys')
  ringIn(folder).first()
  chmodSync(file, 0o644)
  expect(problemsOf(() => ringIn(folder))[0]).toContain('chmod 600')
  writeFileSync(file, '# nothing\n')
  chmodSync(file, 0o600)
  expect(problemsOf(() => ringIn(folder))[0]).toContain('holds no key')
  writeFileSync(file, `${keyText('a')}\nb:abc\n`)
  expect(problemsOf(() => ringIn(folder))).toEqual([expect.stringContaining(`${file}, line 2, must be`)])
  rmSync(file)
  const nowhere = openKeyRing({ dataDir: folder.file('none'), masterKeys: undefined })
  expect(problemsOf(() => nowhere.first())[0]).toContain('cannot be made (ENOENT)')
})
