import { expect, test } from 'bun:test'
import { statSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { connect } from '#db/connect.ts'
import { setUp } from '#scripts/cloudflare-setup.ts'
import { readEml } from '#src/mail/eml.ts'
import { Secret } from '#src/secret.ts'
import { installationSecret } from '#src/secrets/installation-secret.ts'
import { openKeyRing } from '#src/secrets/key-ring.ts'
import { type FakeQueues, startCloudflareQueues } from '#tests/fakes/cloudflare-queues.ts'
import { startIdentityProvider } from '#tests/fakes/identity-provider.ts'
import { type FakeSmtpServer, fakeSmtpServer, type ReceivedMail } from '#tests/fakes/smtp-server.ts'
import { live, PASSWORDS, PUBLIC_URL } from './planted-life.ts'
import { openWorld, type World } from './planted-world.ts'
import { filesIn, findSecrets, formsOf, type Place, type Secrets } from './planting.ts'
import { type Folder, quill, serve, temporaryFolder } from './processes.ts'

const CALLBACK = `${PUBLIC_URL}/api/v1/auth/callback`
const SMTP_PASSWORD = 'smtp p@ss/wörd+=%25'
const MASTER_KEY = Buffer.from('a master key with 32 bytes in it').toString('base64')
const CLOUDFLARE_TOKEN = 'cf-token-that-nobody-may-see_0123456789'
/** What nobody can know beforehand, by its looks: tokens of providers, and signed ones. */
const TOKENS = /gho_\w{20,}|ya29\.\w{20,}|\beyJ[\w-]{10,}\.eyJ/
const PASSWORD_HASHES = /\$argon2|\$scrypt/

test('a secret is found in whatever form it is written', () => {
  for (const text of Object.values(PASSWORDS))
    for (const [form, bytes] of Object.entries(formsOf(text))) {
      const place = { name: 'a place', bytes: Buffer.concat([Buffer.from('so '), bytes, Buffer.from('.')]) }
      expect(findSecrets({ secret: text }, [place])).toContain(`secret, ${form}, in a place`)
    }
  const token = Buffer.from(`{"a":"${PASSWORDS.first}"}`).toString('base64')
  expect(findSecrets(PASSWORDS, [{ name: 'a token', bytes: Buffer.from(token) }])).not.toEqual([])
})

test('a secret is nowhere but where it belongs, whatever is done and whatever fails', async () => {
  using folder = temporaryFolder()
  await using smtp = await fakeSmtpServer({
    password: SMTP_PASSWORD,
    replies: [{ at: 'data', code: 451 }, undefined, { at: 'connect', code: 421 }],
  })
  await using idp = startIdentityProvider(['github', 'google'].map((name) => `${CALLBACK}/${name}`))
  await using queues = await startCloudflareQueues({ tokens: { [CLOUDFLARE_TOKEN]: 'write' } })
  const env = { ...idp.settings, ...settingsOf(smtp, queues) }
  expect(await setUp([], env, () => {})).toBe(0)
  const { server, origin } = await serve(folder, 'serve', env)
  await using _server = server
  const world = openWorld(origin, idp, () => smtp.received.map(readReceived))
  hidePasswords(world)
  world.hidden['the password of the mail server'] = SMTP_PASSWORD
  world.hidden['the master key'] = MASTER_KEY
  world.hidden['the token of Cloudflare'] = CLOUDFLARE_TOKEN
  world.hidden['the secret at GitHub'] = idp.settings.GITHUB_CLIENT_SECRET
  world.hidden['the secret at Google'] = idp.settings.GOOGLE_CLIENT_SECRET

  const heard = await live(world)
  await sendBrokenRequests(world)
  await breakTheDatabase(world, folder)
  const told = await askCommands(world, folder, env)
  server.signal('SIGTERM')
  await server.exited
  Object.assign(world.hidden, await secretsOfInstallation(folder))

  const log = server.output()
  for (const part of ['"level":"error"', 'request failed', 'request refused', 'mail not sent yet'])
    expect(log).toContain(part)
  expect(heard).toContain('members.updated')
  const files = filesIn(folder.path)
  expect(files.map(({ name }) => name)).toContain('data/quill.db')
  expectOnlyWhereTheyBelong(world, {
    mails: mailsOf(smtp),
    files,
    others: [placeOf('the log', log), placeOf('the event stream', heard), ...told],
  })
}, 60_000)

test('where no server takes mails, a link is in the file of its mail alone, which nobody else may read', async () => {
  using folder = temporaryFolder()
  await using idp = startIdentityProvider(['github', 'google'].map((name) => `${CALLBACK}/${name}`))
  const env = { ...idp.settings, LOG_LEVEL: 'debug', PUBLIC_URL, TRUSTED_PROXIES: '1' }
  const { server, origin } = await serve(folder, 'serve', env)
  await using _server = server
  const isMail = ({ name }: Place) => name.startsWith('data/mail/')
  const world = openWorld(origin, idp, () =>
    filesIn(folder.path, '.eml').map(({ bytes }) => readEml(bytes.toString())),
  )
  hidePasswords(world)
  const heard = await live(world)
  server.signal('SIGTERM')
  await server.exited
  const files = filesIn(folder.path)
  for (const { name } of files.filter(isMail)) expect(statSync(folder.file(name)).mode & 0o077).toBe(0)
  expectOnlyWhereTheyBelong(world, {
    mails: files
      .filter(isMail)
      .map(({ name, bytes }) => ({ name: `${name}: ${readEml(bytes.toString()).subject}`, bytes })),
    files: files.filter((file) => !isMail(file)),
    others: [placeOf('the log', server.output()), placeOf('the event stream', heard)],
  })
}, 60_000)

function settingsOf(smtp: FakeSmtpServer, queues: FakeQueues): Record<string, string> {
  return {
    NODE_ENV: 'production',
    LOG_LEVEL: 'debug',
    PUBLIC_URL,
    SIGN_UP: 'open',
    TRUSTED_PROXIES: '1',
    SMTP_URL: `smtp://quill:${encodeURIComponent(SMTP_PASSWORD)}@127.0.0.1:${smtp.port}`,
    MAIL_FROM: 'Quill <quill@example.com>',
    MASTER_KEYS: `one:${MASTER_KEY}`,
    USE_INLINE_QUEUE: 'false',
    CF_ACCOUNT_ID: queues.accountId,
    CF_API_TOKEN: CLOUDFLARE_TOKEN,
    CF_QUEUE_NAME: 'quill-jobs',
    CF_QUEUE_DLQ: 'quill-dead',
    CF_QUEUE_URL: `${queues.url}/accounts/${queues.accountId}/queues/quill-jobs/messages`,
  }
}

/** Requests that are refused for what they are, with secrets in every part that one may slip into. */
async function sendBrokenRequests(world: World) {
  const visitor = world.browser('a visitor')
  const key = world.shown['the key after it']!
  const link = world.mailed['the link of a reset']!
  const send = (body: BodyInit, type: string) =>
    visitor.call('POST', '/api/v1/auth/sign-in', body, { 'content-type': type })
  const cut = JSON.stringify({ email: 'ada@example.com', password: PASSWORDS.third }).slice(0, -1)
  await send(cut, 'application/json')
  await send(`${PASSWORDS.third}{}`, 'application/json')
  await send(PASSWORDS.third, 'text/plain')
  await send(`password=${encodeURIComponent(PASSWORDS.third)}`, 'application/x-www-form-urlencoded')
  await send(JSON.stringify({ password: PASSWORDS.third.repeat(1_000) }), 'application/json')
  const bodies: [string, object][] = [
    ['/auth/sign-in', { email: PASSWORDS.third, password: [PASSWORDS.third] }],
    ['/auth/sign-in', { email: 'ada@example.com', password: PASSWORDS.third, [PASSWORDS.third]: key }],
    ['/auth/sign-up', { name: '', email: 'x', password: PASSWORDS.third, invitation: { token: link } }],
    ['/auth/two-factor', { method: PASSWORDS.third, code: world.shown['new recovery code 1'] }],
    ['/auth/two-factor', { method: 'recovery_code', code: world.shown['new recovery code 1'] }],
    ['/auth/confirm', { token: link, key }],
    ['/auth/confirm', { token: world.mailed['the link of a changed address']!.slice(0, -4) }],
    ['/auth/password-reset/confirm', { token: [link], password: PASSWORDS.third }],
    ['/invitations/look', { token: key.repeat(20) }],
    ['/invitations/accept', { token: world.shown['the link of an invitation'] }],
  ]
  for (const [path, body] of bodies) await visitor.call('POST', `/api/v1${path}`, body)
  const query = `?key=${key}&token=${link}&password=${encodeURIComponent(PASSWORDS.third)}`
  for (const path of [
    '/api/v1/nothing',
    '/api/v1/documents',
    '/api/v1/auth/callback/github',
    '/nothing',
    '/',
  ])
    await visitor.call('GET', path + query)
  for (const authorization of [`Basic ${btoa(`ada:${key}`)}`, `Bearer ${key}x`, `Bearer ${key.slice(0, -1)}`])
    await visitor.call('GET', '/api/v1/documents', undefined, { authorization })
  const byKey = { authorization: `Bearer ${key}`, 'quill-project': key, 'idempotency-key': key }
  await visitor.call('GET', `/api/v1/documents${query}`, undefined, byKey)
}

/** Takes tables from under the running server, so that what handles secrets fails inside. */
async function breakTheDatabase(world: World, folder: Folder) {
  const { db, close } = connect(`file:${folder.file('data/quill.db')}`)
  const visitor = world.browser('a visitor of what is broken')
  const sends: [string, object][] = [
    ['/auth/sign-in', { email: 'ada@example.com', password: PASSWORDS.third }],
    ['/auth/sign-up', { name: 'Eve', email: 'eve@example.com', password: PASSWORDS.third }],
    ['/auth/password-reset', { email: 'ada@example.com' }],
    [
      '/auth/password-reset/confirm',
      { token: world.mailed['the link of a reset'], password: PASSWORDS.third },
    ],
    ['/auth/confirm', { token: world.mailed['the link of a changed address'] }],
    ['/invitations/look', { token: world.shown['the link of an invitation'] }],
  ]
  const headers = { authorization: `Bearer ${world.shown['the key after it']}` }
  let failed = 0
  for (const table of [
    'identities',
    'sessions',
    'verifications',
    'invitations',
    'sign_in_tries',
    'api_keys',
  ]) {
    await db.run(sql.raw(`ALTER TABLE ${table} RENAME TO ${table}_away`))
    for (const [path, body] of sends)
      if ((await visitor.call('POST', `/api/v1${path}`, body)).status === 500) failed++
    if ((await visitor.call('GET', '/api/v1/documents', undefined, headers)).status === 500) failed++
    await db.run(sql.raw(`ALTER TABLE ${table}_away RENAME TO ${table}`))
  }
  close()
  expect(failed).toBeGreaterThan(5)
}

/** What the commands of an operator say, with these settings and with wrong ones. */
async function askCommands(world: World, folder: Folder, env: Record<string, string>): Promise<Place[]> {
  const wrong = [
    { SMTP_URL: env.SMTP_URL!.replace('smtp:', 'mail:') },
    { SMTP_URL: `${env.SMTP_URL}/path` },
    { SMTP_URL: env.SMTP_URL!.replace('quill:', 'quill:x') },
    { MASTER_KEYS: MASTER_KEY },
    { MASTER_KEYS: `one:${MASTER_KEY}x` },
    { MASTER_KEYS: `two:${Buffer.alloc(32).toString('base64')}` },
    { CF_ACCOUNT_ID: '' },
    { CF_API_TOKEN: `${CLOUDFLARE_TOKEN} ${CLOUDFLARE_TOKEN}` },
    { CF_API_TOKEN: `x${CLOUDFLARE_TOKEN}` },
    { GITHUB_CLIENT_ID: '' },
    { GOOGLE_CLIENT_ID: '' },
    { PORT: 'x' },
  ]
  const asked: [string[], object][] = [
    [['doctor'], {}],
    [['keys', 'status'], {}],
    [['keys', 'rotate'], {}],
    ...wrong.map((changes): [string[], object] => [['doctor'], changes]),
    [['serve'], { MASTER_KEYS: MASTER_KEY }],
    [['serve'], { CF_ACCOUNT_ID: '' }],
  ]
  const told: Place[] = []
  for (const [args, changes] of asked) {
    const { output } = await quill(folder, args, { ...env, ...changes })
    expect(output).not.toBe('')
    told.push(placeOf(`\`${args.join(' ')}\` with ${Object.keys(changes)}`, output))
  }
  const key = await quill(folder, ['key', 'create', '--project', 'Team', '--scopes', 'documents:read'], env)
  world.hidden['a key of the command line'] = key.output.trim()
  return told
}

/** What the program made for itself, and keeps sealed. */
async function secretsOfInstallation(folder: Folder): Promise<Secrets> {
  const { db, close } = connect(`file:${folder.file('data/quill.db')}`)
  const ring = openKeyRing({ dataDir: folder.file('data'), masterKeys: new Secret(`one:${MASTER_KEY}`) })
  const names = await db.all<[string]>(sql`SELECT name FROM installation_secrets`)
  const secrets: Secrets = {}
  for (const [name] of names)
    secrets[`the secret of ${name}`] = (await installationSecret(db, ring, name)).reveal()
  close()
  expect(Object.keys(secrets).length).toBeGreaterThan(1)
  return secrets
}

type Places = { mails: Place[]; files: Place[]; others: Place[] }

function expectOnlyWhereTheyBelong(world: World, { mails, files, others }: Places) {
  const { hidden, shown, mailed, answers } = world
  expect(findSecrets({ ...hidden, ...shown, ...mailed }, [...files, ...others])).toEqual([])
  expect(findSecrets(hidden, [...answers, ...mails])).toEqual([])
  for (const [name, text] of Object.entries(shown)) {
    const showing = answers.filter(({ bytes }) => bytes.includes(text)).map((answer) => answer.name)
    expect({ name, answers: showing.length, showing }).toEqual({ name, answers: 1, showing })
  }
  for (const [name, text] of Object.entries(mailed)) {
    const carriers = mails.filter(({ bytes }) => bytes.includes(text)).length
    expect({ name, carriers }).toEqual({ name, carriers: 1 })
  }
  const withoutLinks = mails.filter(({ name }) => !name.includes('Confirm'))
  expect(namesOf([...answers, ...files, ...others, ...withoutLinks], TOKENS)).toEqual([])
  expect(namesOf([...answers, ...others, ...mails], PASSWORD_HASHES)).toEqual([])
}

const namesOf = (places: Place[], pattern: RegExp) =>
  places.filter(({ bytes }) => pattern.test(bytes.toString('latin1'))).map(({ name }) => name)

function hidePasswords(world: World) {
  for (const [name, text] of Object.entries(PASSWORDS)) world.hidden[`the ${name} password`] = text
}

const readReceived = ({ to, mail }: ReceivedMail) => ({
  to: to[0]!,
  subject: mail.subject ?? '',
  text: mail.text ?? '',
})

const mailsOf = ({ received }: FakeSmtpServer): Place[] =>
  received.map(({ raw, mail }) => placeOf(`the mail “${mail.subject}”`, `${raw}\n${mail.text}\n${mail.html}`))

const placeOf = (name: string, text: string): Place => ({ name, bytes: Buffer.from(text) })
