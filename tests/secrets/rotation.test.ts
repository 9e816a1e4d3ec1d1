import { expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { ConfigError } from '#src/env.ts'
import { Secret } from '#src/secret.ts'
import { seal, unseal } from '#src/secrets/envelope.ts'
import { lockKeyFile } from '#src/secrets/key-file.ts'
import { type Progress, rotateKeys } from '#src/secrets/rotate-keys.ts'
import { start, temporaryFolder } from '../processes/processes.ts'
import { bodyOf, keyText, letterColumns, openVault, ringOf, type Vault } from './vault.ts'

const LETTERS = 250

const rotate = ({ db, ring }: Pick<Vault, 'db' | 'ring'>, tell: (progress: Progress) => void = () => {}) =>
  rotateKeys(db, ring, { columns: letterColumns, tell })
const idsIn = ({ ring }: Vault) => ring.all().map(({ id }) => id)

/** Letters that the vault's first key has sealed. */
async function fill(vault: Vault, count = LETTERS): Promise<Record<string, string>> {
  const letters = Array.from({ length: count }, (_, index) => [`letter-${index}`, `Dear ${index}`] as const)
  for (const [id, text] of letters) await vault.put(id, text)
  return Object.fromEntries(letters)
}

test('a rotation seals every column again with a new key, which every process takes at once', async () => {
  using folder = temporaryFolder()
  using vault = openVault(folder.path)
  using other = openVault(folder.path)
  const letters = await fill(vault)
  const postscript = { ...letterColumns[1]!, id: 'letter-7' }
  const sealed = seal(vault.ring, postscript, new Secret('P.S.'))
  await vault.db.run(sql`UPDATE letters SET postscript = ${sealed} WHERE id = 'letter-7'`)
  const before = vault.ring.first().id

  const told: Progress[] = []
  const rotation = await rotate(vault, (progress) => told.push(progress))
  const { keyId } = rotation
  expect(rotation).toEqual({ keyId, resealed: LETTERS + 1, unreadable: [], left: new Map(), unused: [] })
  expect(told.findLast(({ ended, resealed }) => ended && resealed > 1)).toMatchObject({ resealed: LETTERS })
  expect(await vault.keysOfBodies()).toEqual({ [keyId]: LETTERS })
  expect(await other.bodies()).toEqual(letters)
  expect(other.ring.first().id).toBe(keyId)
  expect(idsIn(other)).toEqual([keyId, before])

  const rows = await vault.db.all<[string]>(sql`SELECT postscript FROM letters WHERE id = 'letter-7'`)
  expect(unseal(other.ring, postscript, rows[0]![0]).reveal()).toBe('P.S.')
})

test('the key before the last stays until the next rotation, the ones before it go', async () => {
  using folder = temporaryFolder()
  using vault = openVault(folder.path)
  const letters = await fill(vault, 3)
  const keys = [vault.ring.first().id]
  for (let round = 0; round < 3; round++) {
    const { keyId, unused } = await rotate(vault)
    expect(unused).toEqual(keys.slice(1, 2))
    keys.unshift(keyId)
    expect(idsIn(vault)).toEqual(keys.slice(0, 2))
    expect(readFileSync(folder.file('master.keys'), 'utf8').match(/^[\w-]+:/gm)).toHaveLength(2)
  }
  using fresh = openVault(folder.path)
  expect(await fresh.bodies()).toEqual(letters)
})

test('what was sealed before a rotation and written after it opens, and the next rotation takes it along', async () => {
  using folder = temporaryFolder()
  using vault = openVault(folder.path)
  const sealedBefore = seal(vault.ring, bodyOf('late'), new Secret('Sorry to be late'))
  await rotate(vault)
  await vault.write('late', sealedBefore)
  expect(await vault.bodies()).toEqual({ late: 'Sorry to be late' })
  const { keyId, resealed } = await rotate(vault)
  expect(resealed).toBe(1)
  expect(await vault.keysOfBodies()).toEqual({ [keyId]: 1 })
})

test('a row that changes while it is sealed again is left to its writer, and looked at again', async () => {
  using folder = temporaryFolder()
  using vault = openVault(folder.path)
  using writer = openVault(folder.path)
  const letters = await fill(vault)
  const [first, second] = ['letter-0', 'letter-1'].map((id) =>
    seal(writer.ring, bodyOf(id), new Secret(`New ${id}`)),
  )
  // Between reading and writing of the rotation, another process writes what it sealed with the key of before.
  let batches = 0
  const db = Object.assign(Object.create(vault.db), {
    batch: async (writes: Parameters<Vault['db']['batch']>[0]) => {
      if (++batches === 1) await writer.write('letter-0', first!)
      if (batches === 1) await writer.db.run(sql`DELETE FROM letters WHERE id = 'letter-2'`)
      if (batches === 2) await writer.write('letter-1', second!)
      return vault.db.batch(writes)
    },
  }) as Vault['db']
  const { keyId, resealed } = await rotate({ db, ring: vault.ring })
  const { 'letter-2': _deleted, ...rest } = letters
  expect(await vault.bodies()).toEqual({ ...rest, 'letter-0': 'New letter-0', 'letter-1': 'New letter-1' })
  expect(await vault.keysOfBodies()).toEqual({ [keyId]: LETTERS - 1 })
  // Every letter but the deleted one, and once more the one that was changed after it had been sealed again.
  expect(resealed).toBe(LETTERS - 1 + 1)
})

test('wherever a rotation is interrupted every secret opens, and the next one finishes the work', async () => {
  using folder = temporaryFolder()
  using vault = openVault(folder.path)
  const letters = await fill(vault)
  let interruptions = 0
  for (let steps = 1; ; steps++) {
    let step = 0
    const interrupted = await rotate(vault, () => {
      if (++step === steps) throw new Error('interrupted')
    }).then(
      () => false,
      (error: Error) => error.message === 'interrupted',
    )
    using fresh = openVault(folder.path)
    expect(await fresh.bodies()).toEqual(letters)
    if (!interrupted) break
    interruptions++
  }
  expect(interruptions).toBeGreaterThan(5)
  expect(await vault.keysOfBodies()).toEqual({ [vault.ring.first().id]: LETTERS })
  expect(idsIn(vault)).toHaveLength(2)
}, 30_000)

test('a rotation that is killed leaves every secret readable, no lock and no stray key', async () => {
  using folder = temporaryFolder()
  using vault = openVault(folder.path)
  const letters = await fill(vault)
  const before = vault.ring.first().id
  await using child = start(folder, [join(import.meta.dir, 'rotating.ts'), folder.path])
  await child.exited
  expect(child.output()).toContain('dies')
  expect(Object.keys(await vault.keysOfBodies()).toSorted()).toEqual(
    [before, vault.ring.first().id].toSorted(),
  )
  expect(await vault.bodies()).toEqual(letters)
  const { keyId } = await rotate(vault)
  expect(await vault.bodies()).toEqual(letters)
  expect(await vault.keysOfBodies()).toEqual({ [keyId]: LETTERS })
  expect(idsIn(vault)).not.toContain(before)
  const beside = readdirSync(folder.path).filter((name) => name.startsWith('master.keys'))
  expect(beside.toSorted()).toEqual(['master.keys', 'master.keys.lock'])
}, 30_000)

test('another process seals and opens through rotation after rotation, and nothing is ever closed to it', async () => {
  using folder = temporaryFolder()
  using vault = openVault(folder.path)
  await using child = start(folder, [join(import.meta.dir, 'corresponding.ts'), folder.path])
  await child.line(/round 1\n/)
  for (let round = 0; round < 4; round++) {
    const { left, unreadable } = await rotate(vault)
    expect({ left: left.size, unreadable }).toEqual({ left: 0, unreadable: [] })
    const soFar = Number(/round (\d+)\n$/.exec(child.output())![1])
    await child.line(new RegExp(`round ${soFar + 2}\n`))
  }
  writeFileSync(folder.file('stop'), '')
  expect(await child.exited).toBe(0)
  expect(child.output()).not.toMatch(/error|SealError|ConfigError/i)
  const { keyId } = await rotate(vault)
  expect(Object.keys(await vault.keysOfBodies())).toEqual([keyId])
  for (const [id, text] of Object.entries(await vault.bodies())) expect(text).toStartWith(`${id} says`)
}, 30_000)

test('one rotation of a file runs at a time', async () => {
  using folder = temporaryFolder()
  using vault = openVault(folder.path)
  const before = vault.ring.first().id
  {
    using _held = lockKeyFile(folder.file('master.keys'))
    await expect(rotate(vault)).rejects.toThrow('being rotated already')
    expect(idsIn(vault)).toEqual([before])
  }
  expect((await rotate(vault)).keyId).not.toBe(before)
})

test('with the setting everything is sealed with its first key, and the keys to take out are named', async () => {
  using folder = temporaryFolder()
  using before = openVault(folder.path, keyText('old'))
  const letters = await fill(before)
  using vault = openVault(folder.path, ['new', 'old', 'older'].map(keyText).join())
  expect(await rotate(vault)).toMatchObject({ keyId: 'new', resealed: LETTERS, unused: ['old', 'older'] })
  expect((await rotate(vault)).resealed).toBe(0)
  using after = openVault(folder.path, keyText('new'))
  expect(await after.bodies()).toEqual(letters)
  expect(existsSync(folder.file('master.keys'))).toBe(false)
})

test('what cannot be opened stays as it is, is named, and keeps its key; the rest is sealed again', async () => {
  using folder = temporaryFolder()
  using vault = openVault(folder.path)
  await fill(vault, 5)
  const before = vault.ring.first().id
  const moved = seal(vault.ring, bodyOf('elsewhere'), new Secret('moved here'))
  const lost = seal(ringOf('lost'), bodyOf('lost'), new Secret('no key'))
  for (const [id, text] of Object.entries({ moved, lost, plain: 'not sealed' })) await vault.write(id, text)
  for (let round = 0; round < 3; round++) {
    const { resealed, unreadable, left } = await rotate(vault)
    expect(resealed).toBe(5)
    expect(unreadable.toSorted()).toEqual([
      expect.stringContaining('letters.body of "lost" is encrypted with the key "lost"'),
      expect.stringContaining(`letters.body of "moved" does not open with the key "${before}"`),
      expect.stringContaining('letters.body of "plain" is not an encrypted text'),
    ])
    expect(left).toEqual(
      new Map([
        ['lost', 1],
        [before, 1],
        ['', 1],
      ]),
    )
    expect(vault.ring.find(before)?.id).toBe(before)
  }
  const rows = await vault.db.all<[string]>(
    sql`SELECT body FROM letters WHERE id IN ('moved', 'lost', 'plain')`,
  )
  expect(rows.flat().toSorted()).toEqual([moved, lost, 'not sealed'].toSorted())
})

test('without its file a rotation refuses to seal', async () => {
  using folder = temporaryFolder()
  using vault = openVault(folder.path)
  await fill(vault, 2)
  const bodies = await vault.keysOfBodies()
  await Bun.file(folder.file('master.keys')).delete()
  await expect(rotate(vault)).rejects.toBeInstanceOf(ConfigError)
  expect(await vault.keysOfBodies()).toEqual(bodies)
})
