import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { connect, type Db } from '#db/connect.ts'
import { Secret } from '#src/secret.ts'
import { installationSecret } from '#src/secrets/installation-secret.ts'
import { openKeyRing } from '#src/secrets/key-ring.ts'
import { rotateKeys } from '#src/secrets/rotate-keys.ts'
import { sealedColumns } from '#src/secrets/sealed-columns.ts'
import { temporaryFolder } from '../processes/processes.ts'
import { keyText, ringOf } from './vault.ts'

test('an installation secret is made once and stays, sealed in the database, through a rotation', async () => {
  using folder = temporaryFolder()
  const { db, close } = connect(`file:${folder.file('quill.db')}`)
  const ring = openKeyRing({ dataDir: folder.path, masterKeys: undefined })
  const secret = await installationSecret(db, ring, 'cookies')
  expect(Buffer.from(secret.reveal(), 'base64url')).toHaveLength(32)
  expect((await installationSecret(db, ring, 'links')).reveal()).not.toBe(secret.reveal())
  const stored = await db.all<[string]>(sql`SELECT value FROM installation_secrets`)
  for (const [value] of stored) expect(value).toStartWith('v1.')
  expect(JSON.stringify(stored)).not.toContain(secret.reveal())

  const { resealed } = await rotateKeys(db, ring, { columns: Object.values(sealedColumns), tell: () => {} })
  expect(resealed).toBe(2)
  const fresh = openKeyRing({ dataDir: folder.path, masterKeys: undefined })
  expect((await installationSecret(db, fresh, 'cookies')).reveal()).toBe(secret.reveal())
  close()
})

test('whoever asks at the same time gets the same', async () => {
  const ring = ringOf('a')
  const { db, close } = connect(':memory:')
  const together = await Promise.all(Array.from({ length: 10 }, () => installationSecret(db, ring, 'links')))
  expect(new Set(together.map((secret) => secret.reveal())).size).toBe(1)
  // Somebody else asks, and is answered, between the look and the writing of the first.
  let quicker: Secret | undefined
  const slow = Object.assign(Object.create(db), {
    run: async (query: Parameters<Db['run']>[0]) => {
      quicker = await installationSecret(db, ring, 'cookies')
      return db.run(query)
    },
  }) as Db
  const slower = await installationSecret(slow, ring, 'cookies')
  expect(slower.reveal()).toBe(quicker!.reveal())
  expect((await installationSecret(db, ring, 'cookies')).reveal()).toBe(slower.reveal())
  close()
})

test('with its key lost it is refused, and not made anew', async () => {
  const { db, close } = connect(':memory:')
  await installationSecret(db, ringOf('a'), 'cookies')
  const other = openKeyRing({ dataDir: '/nowhere', masterKeys: new Secret(keyText('b')) })
  const refused = installationSecret(db, other, 'cookies')
  await expect(refused).rejects.toThrow('encrypted with the key "a", which is not in MASTER_KEYS')
  close()
})

test('every column of secrets is a text of its table, and its key tells the rows apart', async () => {
  const { db, close } = connect(':memory:')
  for (const { table, column, key } of Object.values(sealedColumns)) {
    const columns = await db.all<[number, string, string, number, unknown, number]>(
      sql`PRAGMA table_info(${sql.identifier(table)})`,
    )
    const named = (name: string) => columns.find(([, found]) => found === name)
    expect(named(column)?.[2]).toBe('TEXT')
    expect(named(key)).toMatchObject({ 2: 'TEXT', 5: 1 })
    expect(columns.filter(([, , , , , ofKey]) => ofKey)).toHaveLength(1)
  }
  close()
})
