import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { connect } from '#db/connect.ts'
import { Secret } from '#src/secret.ts'
import { installationSecret } from '#src/secrets/installation-secret.ts'
import { openKeyRing } from '#src/secrets/key-ring.ts'
import { type Folder, quill, temporaryFolder } from '../processes/processes.ts'
import { keyText } from './vault.ts'

const masterKeys = (...ids: string[]) => ({ MASTER_KEYS: ids.map(keyText).join() })

/** Has the installation in a folder store secrets, with the keys of its file or of a setting. */
async function storeSecrets(folder: Folder, env: { MASTER_KEYS?: string } = {}): Promise<string[]> {
  const { db, close } = connect(`file:${folder.file('data/quill.db')}`)
  const ring = openKeyRing({
    dataDir: folder.file('data'),
    masterKeys: env.MASTER_KEYS ? new Secret(env.MASTER_KEYS) : undefined,
  })
  const secrets = [await installationSecret(db, ring, 'a'), await installationSecret(db, ring, 'b')]
  close()
  return secrets.map((secret) => secret.reveal())
}

test('`keys status` and `keys rotate` tell ids and counts, and never a key or a secret', async () => {
  using folder = temporaryFolder()
  const empty = await quill(folder, ['keys', 'status'])
  expect(empty.code).toBe(0)
  expect(empty.output).toContain('No key yet')
  const secrets = await storeSecrets(folder)

  const before = await quill(folder, ['keys', 'status'])
  expect(before.output).toMatch(/data\/master\.keys:\n {2}[\w-]+ {2}encrypts, 2 secrets\n$/)
  const rotated = await quill(folder, ['keys', 'rotate'])
  expect(rotated.code).toBe(0)
  expect(rotated.output).toContain('installation_secrets.value: 2 secrets\n')
  expect(rotated.output).toMatch(/Encrypted 2 secrets again\. The first key is [\w-]+\.\n/)
  const after = await quill(folder, ['keys', 'status'])
  expect(after.output).toMatch(/encrypts, 2 secrets\n {2}[\w-]+ {2}decrypts, 0 secrets\n$/)
  expect((await quill(folder, ['keys', 'rotate'])).output).toContain('Removed, since nothing names them: ')
  expect(await storeSecrets(folder)).toEqual(secrets)

  const told = [empty, before, rotated, after].map(({ output }) => output).join()
  const material = readFileSync(folder.file('data/master.keys'), 'utf8').match(/(?<=^[\w-]+:).*$/gm)!
  expect(material).toHaveLength(2)
  for (const text of [...material, ...secrets]) expect(told).not.toContain(text)
}, 30_000)

test('with MASTER_KEYS it names the keys to take out, and says which are missing', async () => {
  using folder = temporaryFolder()
  await quill(folder, ['migrate'])
  await storeSecrets(folder, masterKeys('old'))
  const rotated = await quill(folder, ['keys', 'rotate'], masterKeys('new', 'old'))
  expect(rotated.code).toBe(0)
  expect(rotated.output).toContain('Take out of MASTER_KEYS, since nothing names them: old.\n')

  const { db, close } = connect(`file:${folder.file('data/quill.db')}`)
  await db.run(sql`UPDATE installation_secrets SET value = 'plain' WHERE name = 'b'`)
  close()
  for (const verb of ['status', 'rotate']) {
    const { code, output } = await quill(folder, ['keys', verb], masterKeys('other'))
    expect({ verb, code }).toEqual({ verb, code: 1 })
    expect(output).toContain('new  is missing: put it back, 1 secret\n')
    expect(output).toContain('with no key, 1 secret\n')
    expect(output).not.toMatch(/plain|\.ts:/)
  }
}, 30_000)

test('what is wrong with the command line or the keys is said in a line, without the keys', async () => {
  using folder = temporaryFolder()
  for (const args of [[], ['constructor'], ['status', 'rotate'], ['rotate', '--no']])
    expect({ args, code: (await quill(folder, ['keys', ...args])).code }).toEqual({ args, code: 2 })
  const [, material] = keyText('a').split(':')
  const { code, output } = await quill(folder, ['keys', 'status'], { MASTER_KEYS: `${material}` })
  expect({ code, output }).toEqual({
    code: 1,
    output: 'MASTER_KEYS, key 1, must be <id>:<base64 of 32 bytes>, the id up to 32 letters and digits.\n',
  })
}, 30_000)
