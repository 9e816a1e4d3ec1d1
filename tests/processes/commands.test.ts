import { expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
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
