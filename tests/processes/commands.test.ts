import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isWellFormedKey } from '#src/projects/api-keys.ts'
import { talk } from '../material.ts'
import { MAIN, quill, serve, start, temporaryFolder } from './processes.ts'

test('`draft` writes a post from a file, with frontmatter and footnotes, without a server or a database', async () => {
  using folder = temporaryFolder()
  writeFileSync(folder.file('talk.md'), talk)
  const args = [
    'draft',
    'talk.md',
    '-o',
    'post.md',
    '--title',
    'My title',
    '--sections',
    '3',
    '--tone',
    'formal',
  ]
  const { code, output } = await quill(folder, args)
  expect({ code, output }).toMatchObject({ code: 0 })
  const post = readFileSync(folder.file('post.md'), 'utf8')
  expect(post).toMatch(/^---\ntitle: My title\n/)
  expect(post.match(/^## /gm)).toHaveLength(3)
  expect(post).toMatch(/^\[\^1\]: /m)
  // Plain lines where nobody watches: no bar, no colours.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape of a terminal is what must not be there
  expect(output).not.toMatch(/\x1b|\r/)
  expect(await Bun.file(folder.file('data/quill.db')).exists()).toBe(false)
}, 30_000)

test('`draft` reads standard input and writes to standard output, as Markdown, HTML or the version of the API', async () => {
  using folder = temporaryFolder()
  const draft = async (format: string) => {
    const child = Bun.spawn([process.execPath, MAIN, 'draft', '-', '--format', format, '--words', '400'], {
      cwd: folder.path,
      env: { PATH: process.env.PATH, NODE_ENV: 'test' },
      stdin: new TextEncoder().encode(talk),
      stdout: 'pipe',
      stderr: 'pipe',
    })
    const [text, code] = await Promise.all([new Response(child.stdout).text(), child.exited])
    expect(code).toBe(0)
    return text
  }
  expect(await draft('md')).toMatch(/^---\n/)
  expect(await draft('html')).toContain('<h2')
  const version = JSON.parse(await draft('json'))
  expect(version).toMatchObject({ number: 1, frontmatter: { title: version.title } })
  for (const section of version.sections)
    for (const citation of section.citations) expect(citation.quote).not.toBe('')
}, 30_000)

test('`draft` says what is wrong, with 2 for the command line and 1 for the material', async () => {
  using folder = temporaryFolder()
  writeFileSync(folder.file('short.md'), 'Too short.')
  writeFileSync(folder.file('a.bin'), new Uint8Array(10))
  const usage = [
    ['draft'],
    ['draft', 'short.md', '--sections', 'x'],
    ['draft', 'short.md', '--tone', 'angry'],
    ['draft', '--no'],
  ]
  for (const args of usage)
    expect({ args, code: (await quill(folder, args)).code }).toEqual({ args, code: 2 })
  for (const args of [
    ['draft', 'short.md'],
    ['draft', 'none.md'],
    ['draft', 'a.bin'],
  ]) {
    const { code, output } = await quill(folder, args)
    expect({ args, code }).toEqual({ args, code: 1 })
    expect(output).not.toMatch(/\bat .*\.ts/)
  }
}, 30_000)

test('`key create` prints the key alone, and the key works', async () => {
  using folder = temporaryFolder()
  const { code, output } = await quill(folder, [
    'key',
    'create',
    '--project',
    'Team',
    '--scopes',
    'documents:read',
  ])
  expect(code).toBe(0)
  expect(isWellFormedKey(output.trimEnd())).toBe(true)
  const { server, origin } = await serve(folder, 'api')
  await using _server = server
  const headers = { authorization: `Bearer ${output.trim()}` }
  expect((await fetch(`${origin}/api/v1/documents`, { headers })).status).toBe(200)
  expect((await fetch(`${origin}/api/v1/sources`, { headers })).status).toBe(403)

  const wrong = [
    ['key'],
    ['key', 'create', '--scopes', 'documents:read'],
    ['key', 'create', '--project', 'Team'],
    ['key', 'create', '--project', 'Team', '--scopes', 'everything'],
    ['key', 'create', '--project', 'x'.repeat(101), '--scopes', 'documents:read'],
    ['key', 'delete'],
  ]
  for (const args of wrong)
    expect({ args, code: (await quill(folder, args)).code }).toEqual({ args, code: 2 })
}, 30_000)

test('a key that is made while the server runs works at once', async () => {
  using folder = temporaryFolder()
  const { server, origin } = await serve(folder, 'api')
  await using _server = server
  const status = async (key: string) =>
    (await fetch(`${origin}/api/v1/documents`, { headers: { authorization: `Bearer ${key}` } })).status
  for (let time = 0; time < 3; time++) {
    const { output } = await quill(folder, [
      'key',
      'create',
      '--project',
      'Team',
      '--scopes',
      'documents:read',
    ])
    expect(await status(output.trim())).toBe(200)
  }
}, 30_000)

test('`migrate` brings a database up to date, once; three at a time do it once too', async () => {
  using folder = temporaryFolder()
  const outputs = (await Promise.all([1, 2, 3].map(() => quill(folder, ['migrate'])))).map(
    ({ code, output }) => {
      expect({ code, output }).toMatchObject({ code: 0 })
      return output
    },
  )
  expect(outputs.filter((output) => output.startsWith('Applied'))).toHaveLength(1)
  expect((await quill(folder, ['migrate'])).output).toBe('The database is up to date.\n')
}, 30_000)

test('`doctor` finds a sound installation sound, and says how to mend another', async () => {
  using folder = temporaryFolder()
  const sound = await quill(folder, ['doctor'])
  expect({ code: sound.code, output: sound.output }).toMatchObject({ code: 0 })
  expect(sound.output).toContain('can run here')
  expect(sound.output).not.toContain('✗')

  writeFileSync(folder.file('a-file'), '')
  const wrong = await quill(folder, ['doctor'], { DATA_DIR: folder.file('a-file') })
  expect([wrong.code, wrong.output]).toEqual([1, expect.stringMatching(/✗ .*DATA_DIR/)])
  writeFileSync(folder.file('broken.db'), 'this is no database, whatever its name says'.repeat(100))
  const broken = await quill(folder, ['doctor'], { DATABASE_URL: `file:${folder.file('broken.db')}` })
  expect([broken.code, broken.output]).toEqual([1, expect.stringMatching(/✗ Database/)])
  const settings = await quill(folder, ['doctor'], { PORT: 'x', LOG_LEVEL: 'loud' })
  expect(settings.output).toMatch(/PORT[\s\S]*LOG_LEVEL/)
  expect(settings.output).not.toContain('quill doctor')
}, 30_000)

test('`doctor` tries the data folder that a start would make, and leaves nothing of it', async () => {
  using folder = temporaryFolder()
  const sound = await quill(folder, ['doctor'], { DATA_DIR: folder.file('not/yet/there') })
  expect({ code: sound.code, output: sound.output }).toMatchObject({ code: 0 })
  expect(readdirSync(folder.path)).not.toContain('not')
  const wrong = await quill(folder, ['doctor'], { DATA_DIR: '/dev/null/nowhere' })
  expect([wrong.code, wrong.output]).toEqual([1, expect.stringMatching(/✗ Data folder: DATA_DIR/)])
}, 30_000)

test('`doctor` says that the Quill at the port may be another, and where links lead', async () => {
  using folder = temporaryFolder()
  const { server, origin } = await serve(folder, 'api')
  await using _server = server
  const { port } = new URL(origin)
  const { output } = await quill(folder, ['doctor'], { PORT: port })
  expect(output).toContain('a Quill answers here; `serve` needs another PORT')
  expect(output).toContain(`Address: http://127.0.0.1:${port}; links in mails lead there\n`)
}, 30_000)

test('`invite` prints the link whether or not a mail goes out, and says what was wrong with the command', async () => {
  using folder = temporaryFolder()
  const invite = (args: string[], env = {}) => quill(folder, ['invite', ...args], env)
  const nobody = await invite(['nope', '--project', 'Blog'])
  expect([nobody.code, nobody.output]).toEqual([2, expect.stringMatching(/^"nope" is no e-mail address\./)])
  const nowhere = await invite(['a@example.com'])
  expect([nowhere.code, nowhere.output]).toEqual([2, expect.stringMatching(/^--project is missing\./)])

  const reachable = { NODE_ENV: 'production', PUBLIC_URL: 'https://quill.example' }
  const plain = await invite(['a@example.com', '--project', 'Blog'], reachable)
  expect(plain).toEqual({ code: 0, output: expect.stringMatching(/^https:.*\/invitation#\S+\n$/) })
  const local = await invite(['b@example.com', '--project', 'Blog'], { NODE_ENV: 'production', PORT: '3000' })
  expect(local.output).toContain('The link leads to http://127.0.0.1:3000. Set PUBLIC_URL')

  const dead = { SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'quill@example.com', LOG_LEVEL: 'silent' }
  const unsent = await invite(['c@example.com', '--project', 'Blog'], dead)
  expect(unsent.code).toBe(0)
  expect(unsent.output).toMatch(/\/invitation#\S+\nThe mail was not sent; pass on the link above\.\n$/)
}, 30_000)

test('`account reset` lets somebody in who lost password and phone, while the server runs', async () => {
  using folder = temporaryFolder()
  const { server, origin } = await serve(folder, 'api')
  await using _server = server
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }
    const answer = await fetch(`${origin}/api/v1/auth/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    return { status: answer.status, body: await answer.json() }
  }
  const reset = (...args: string[]) => quill(folder, ['account', 'reset', ...args])
  const token = (output: string) => /#(\S+)/.exec(output)?.[1]
  const invited = await quill(folder, ['invite', 'ada@example.com', '--project', 'Blog'])
  const ada = { email: 'ada@example.com', password: 'correct horse battery' }
  await post('sign-up', { ...ada, name: 'Ada', invitation: token(invited.output) })
  using database = new Database(folder.file('data/quill.db'))
  database.run('PRAGMA busy_timeout = 5000')
  database.run('UPDATE users SET two_factor_enabled = 1')

  const half = await reset('ADA@example.com')
  const { code, output } = await reset(ada.email, '--two-factor')
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringMatching(/^http:\/\/.*\/reset-password#\S+\n$/),
  })
  const password = 'a password of now'
  expect((await post('password-reset/confirm', { token: token(half.output), password })).status).toBe(404)
  expect((await post('password-reset/confirm', { token: token(output), password })).status).toBe(200)
  expect((await post('sign-in', ada)).status).toBe(401)
  expect(await post('sign-in', { ...ada, password })).toEqual({ status: 200, body: { next: 'done' } })

  expect(await reset('eve@example.com')).toEqual({ code: 1, output: 'There is no such account.\n' })
  expect((await reset('nope')).code).toBe(2)
  expect((await quill(folder, ['account', 'delete', ada.email])).code).toBe(2)
}, 30_000)

test('`healthcheck` asks the server that the settings name', async () => {
  using folder = temporaryFolder()
  const { server, origin } = await serve(folder, 'api')
  const { port } = new URL(origin)
  const check = () => quill(folder, ['healthcheck'], { PORT: port })
  expect(await check()).toEqual({ code: 0, output: 'Ready.\n' })
  server.signal('SIGINT')
  expect(await server.exited).toBe(0)
  expect((await check()).code).toBe(1)
}, 30_000)

test('`demo` is open on this machine only', async () => {
  using folder = temporaryFolder()
  expect((await quill(folder, ['demo'], { HOST: '0.0.0.0' })).code).toBe(1)
  await using demo = start(folder, [MAIN, 'demo'], { NODE_ENV: 'production' })
  const [, origin] = await demo.line(/ready at (http:\/\/\S+)\//)
  expect(await openDemo(origin!)).toBe(204)
  demo.signal('SIGTERM')
  expect(await demo.exited).toBe(0)
}, 30_000)

test('in production nobody gets in without a key', async () => {
  using folder = temporaryFolder()
  const { server, origin } = await serve(folder, 'serve', { NODE_ENV: 'production', QUEUE: 'inline' })
  await using _server = server
  expect(await openDemo(origin)).toBe(403)
}, 30_000)

test('a command that there is not, and one that is asked for help, say what there is', async () => {
  using folder = temporaryFolder()
  expect(await quill(folder, ['dance'])).toMatchObject({ code: 2 })
  const help = await quill(folder, ['help'])
  expect(help.code).toBe(0)
  const names = [...help.output.matchAll(/^ {2}(\w+) /gm)].map(([, name]) => name!)
  expect(names).toContain('draft')
  for (const name of names) {
    const one = await quill(folder, [name, '--help'])
    expect({ name, code: one.code }).toEqual({ name, code: 0 })
    expect(one.output).toStartWith(`Usage: quill ${name}`)
  }
  expect((await quill(folder, ['--version'])).output).toMatch(/^\d+\.\d+\.\d+\n$/)
}, 30_000)

async function openDemo(origin: string): Promise<number> {
  const answer = await fetch(`${origin}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: '{"kind":"demo"}',
  })
  return answer.status
}
