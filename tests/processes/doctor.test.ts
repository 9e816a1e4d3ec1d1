import { expect, test } from 'bun:test'
import { connect, type Db } from '#db/connect.ts'
import { Secret } from '#src/secret.ts'
import { installationSecret } from '#src/secrets/installation-secret.ts'
import { openKeyRing } from '#src/secrets/key-ring.ts'
import { startIdentityProvider } from '#tests/fakes/identity-provider.ts'
import { keyText } from '#tests/secrets/vault.ts'
import { addJobs, openDatabase } from '../queue/queued.ts'
import { type Folder, quill, temporaryFolder } from './processes.ts'

const doctor = (folder: Folder, env: Record<string, string> = {}) => quill(folder, ['doctor'], env)

/** A key of the same id, which is another one nevertheless. */
const another = (id: string) => `${id}:${Buffer.alloc(32, 7).toString('base64')}`

test('`doctor` finds wrong whatever setting a start refuses, and all of them where some cannot be read', async () => {
  using folder = temporaryFolder()
  const refused: Record<string, string>[] = [
    { MAIL_FROM: 'nonsense' },
    { SMTP_URL: 'foo' },
    { GITHUB_URL: 'http://github.example' },
  ]
  for (const wrong of refused) {
    const { code, output } = await doctor(folder, wrong)
    expect({ wrong, code, output }).toMatchObject({ code: 1, output: expect.stringContaining('✗') })
    expect(output).toMatch(new RegExp(`✗ [\\w-]+: ${Object.keys(wrong)[0]}`))
  }
  const { output } = await doctor(folder, { PORT: 'x', MASTER_KEYS: 'bad', MAIL_FROM: 'nonsense' })
  expect(output).toMatch(/PORT[\s\S]*MASTER_KEYS[\s\S]*MAIL_FROM/)
}, 30_000)

test('`doctor` tells when the keys are not those that encrypted what is stored, and changes nothing', async () => {
  using folder = temporaryFolder()
  await quill(folder, ['migrate'])
  const file = folder.file('data/quill.db')
  const opened = connect(`file:${file}`)
  const ring = openKeyRing({ dataDir: folder.file('data'), masterKeys: new Secret(keyText('old')) })
  await installationSecret(opened.db, ring, 'limits')
  opened.close()

  const sound = await doctor(folder, { MASTER_KEYS: keyText('old') })
  expect({ code: sound.code, output: sound.output }).toMatchObject({ code: 0 })
  const before = await Bun.file(file).bytes()
  const wrong: [Record<string, string>, RegExp][] = [
    [
      { MASTER_KEYS: keyText('new') },
      /✗ Master keys: 1 stored with the key "old", which is not in MASTER_KEYS/,
    ],
    [{ MASTER_KEYS: another('old') }, /✗ Master keys: .*"limits" does not open with the key "old"/],
    [{}, /✗ Master keys: 1 stored with the key "old", which is not in .*master\.keys/],
  ]
  for (const [env, said] of wrong) {
    const { code, output } = await doctor(folder, env)
    expect([code, output]).toEqual([1, expect.stringMatching(said)])
    expect((await quill(folder, ['api'], env)).code).toBe(1)
  }
  expect(await Bun.file(file).bytes()).toEqual(before)
}, 30_000)

test('`doctor` asks the identity providers that are set up, and says which of them does not answer as one', async () => {
  using folder = temporaryFolder()
  await using provider = startIdentityProvider([])
  const sound = await doctor(folder, provider.settings)
  expect({ code: sound.code, output: sound.output }).toMatchObject({ code: 0 })
  expect(sound.output).toMatch(/✓ Sign-in by GitHub[\s\S]*✓ Sign-in by Google/)
  expect(provider.asked.toSorted()).toEqual(['github person', 'google discovery'])

  provider.trouble = { person: 'failing', discovery: 'failing' }
  const failing = await doctor(folder, provider.settings)
  expect(failing.code).toBe(1)
  expect(failing.output).toMatch(/✗ Sign-in by GitHub: .*500[\s\S]*✗ Sign-in by Google: .*500/)

  provider.trouble = {}
  const elsewhere = { ...provider.settings, GITHUB_API_URL: `${provider.url}/nowhere` }
  expect((await doctor(folder, elsewhere)).output).toMatch(/✗ Sign-in by GitHub: .*404/)
  for (const { output } of [sound, failing])
    expect(output).not.toContain(provider.settings.GITHUB_CLIENT_SECRET)
}, 30_000)

/** A folder with a database as it is after some work: `say` writes what that left. */
async function worked(folder: Folder, say: (db: Db) => Promise<unknown>) {
  await quill(folder, ['migrate'])
  const opened = await openDatabase(`file:${folder.file('data/quill.db')}`)
  await say(opened.db)
  opened.close()
}

test('`doctor` tells of workers, a pause, dead letters and alarms; what rests is to be mended', async () => {
  using folder = temporaryFolder()
  await worked(folder, async (db) => {
    const [dead] = await addJobs(db, 3)
    await db.rows(
      `UPDATE jobs SET state = 'dead', ready = 0, due_at = NULL, finished_at = 1 WHERE id = '${dead}'`,
      [],
    )
    await db.rows(
      `INSERT INTO alarms (id, name, subject, message, raised_at) VALUES ('alm_1', 'n', '', 'It is wrong.', 0)`,
      [],
    )
  })
  const resting = await doctor(folder)
  expect({ code: resting.code, output: resting.output }).toMatchObject({ code: 0 })
  for (const line of [
    '! Workers: none runs, and 2 jobs wait: start `quill serve` or `quill worker`\n',
    '! Dead letters: 1: retry or discard them',
    '! Alarm: It is wrong. Since 1970-01-01T00:00:00.000Z.\n',
  ])
    expect(resting.output).toContain(line)
  await worked(folder, async (db) => {
    await db.rows(`INSERT INTO queue_pauses (queue, since) VALUES ('jobs', 0)`, [])
    await db.rows(
      `INSERT INTO consumers (id, started_at, seen_at, slots, running) VALUES ('w', 0, ${Date.now() + 60_000}, 4, 0)`,
      [],
    )
  })
  const paused = await doctor(folder)
  expect(paused.code).toBe(1)
  expect(paused.output).toContain(
    '✗ Pause: no job begins since 1970-01-01T00:00:00.000Z. Run `quill queue resume`.',
  )
  expect(paused.output).toContain('✓ Workers: 1, of 4 slots\n')
}, 30_000)

test('`doctor` tells who is told of alarms, where metrics are, and which variable may be a setting', async () => {
  using folder = temporaryFolder()
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  const told = async (env: Record<string, string>) => (await doctor(folder, env)).output
  expect(await told({})).toMatch(/✓ Who is told of alarms: nobody[\s\S]*✓ Metrics: not answered/)
  expect(await told({ OPERATORS: 'ada@example.com', OPERATOR: 'x', QUEU: 'x' })).toMatch(
    /! Configuration: QUEU is no setting[\s\S]*! Who is told of alarms: ada@example.com, but mails only lie/,
  )
  const webhook = { ALARM_WEBHOOK_URL: 'https://hooks.invalid/a', ALARM_WEBHOOK_SECRET: secret }
  expect(await told(webhook)).toMatch(/✗ Who is told of alarms: ALARM_WEBHOOK_URL: hooks\.invalid/)
  using taken = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  expect(await told({ METRICS_PORT: String(taken.port) })).toMatch(/✗ Metrics: METRICS_PORT \d+ is taken/)
}, 30_000)
