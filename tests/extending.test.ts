import { expect, test } from 'bun:test'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const ROOT = join(import.meta.dir, '..')
const ROOMS = ['src', 'worker', 'db', 'docs', 'package.json', 'tsconfig.json']

const SHOUTING_WRITER = `
import type { WritingProvider } from './provider.ts'
import { offline } from './offline/offline.ts'

export const shouting: WritingProvider = {
  ...offline,
  name: 'shouting',
  seo: async (post, context) => ({ ...(await offline.seo(post, context)), title: 'LOUD' }),
}
`

const LINES_IMPORTER = `
import type { Importer } from '../importer.ts'
import { splitPassages } from '../passages.ts'

export const lines: Importer = {
  extensions: ['.lines'],
  label: 'Lines',
  async read({ bytes }) {
    const text = new TextDecoder().decode(bytes).replaceAll('|', '\\n\\n')
    return { text, passages: await splitPassages(text) }
  },
}
`

/** A copy of the product that may be changed; its dependencies are shared. */
function copyOfQuill() {
  const folder = mkdtempSync(join(tmpdir(), 'quill-extending-'))
  for (const room of ROOMS) cpSync(join(ROOT, room), join(folder, room), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const copy = {
    write(file: string, text: string) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    },
    edit(file: string, from: string, to: string) {
      const text = readFileSync(join(folder, file), 'utf8')
      expect(text).toContain(from)
      writeFileSync(join(folder, file), text.replace(from, to))
    },
    quill: (...args: string[]) => copy.run('src/main.ts', ...args),
    async run(...args: string[]) {
      const child = Bun.spawn([process.execPath, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
      const [output, errors] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ])
      return { code: await child.exited, output, errors }
    },
    path: (file: string) => join(folder, file),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
  return copy
}

const talk = join(ROOT, 'src/projects/sample-talk.md')

test('another writer is one file and one line', async () => {
  using copy = copyOfQuill()
  copy.write('src/ai/shouting.ts', SHOUTING_WRITER)
  copy.edit(
    'src/ai/registry.ts',
    'providers = { offline }',
    "providers = { offline, shouting: (await import('./shouting.ts')).shouting }",
  )
  const { code, output } = await copy.quill('draft', talk, '--provider', 'shouting')
  expect(code).toBe(0)
  expect(output).toContain('seoTitle: LOUD')
}, 30_000)

test('another importer is one file and one line', async () => {
  using copy = copyOfQuill()
  const file = copy.path('talk.lines')
  writeFileSync(file, readFileSync(talk, 'utf8').replaceAll('\n\n', '|'))
  const before = await copy.quill('draft', file)
  expect([before.code, before.errors]).toEqual([1, expect.stringContaining('.docx')])
  copy.write('src/sources/importers/lines.ts', LINES_IMPORTER)
  copy.edit(
    'src/sources/registry.ts',
    'importers = { text,',
    "importers = { lines: (await import('./importers/lines.ts')).lines, text,",
  )
  const { code, output } = await copy.quill('draft', file)
  expect(code).toBe(0)
  expect(output).toContain('[^1]')
}, 30_000)

const KINDS = 'src/jobs/kinds.ts'
const REGISTRY = 'worker/jobs/registry.ts'

/** What docs/jobs.md shows of a kind of one's own: the text of each block, by the first line of it. */
const shown = Object.fromEntries(
  [...readFileSync(join(ROOT, 'docs/jobs.md'), 'utf8').matchAll(/```ts\n\/\/ (.*)\n([\s\S]*?)```/g)].map(
    ([, file, text]) => [file, text!],
  ),
)

/** Asks twice, performs what was asked for, and tells how it went. */
const ASKED_TWICE = `
import { connect } from '#db/connect.ts'
import { createLog } from '#src/log.ts'
import { inlineQueue } from '#src/queue/inline.ts'
import { askForPing } from '#src/sites/ask-for-ping.ts'
import { handlers } from '#worker/jobs/registry.ts'
import { perform } from '#worker/perform.ts'

const { db, close } = connect(':memory:')
await db.rows("INSERT INTO projects (id, name, created_at) VALUES ('prj_a', 'A', 1)", [])
const asked = { projectId: 'prj_a', createdBy: 'test', url: 'http://127.0.0.1:1/' }
const deps = { db, queue: inlineQueue(db) }
const [id, again] = [await askForPing(deps, asked), await askForPing(deps, asked)]
const log = createLog('silent')
const shutdown = new AbortController().signal
await perform(id, { db, log, handlers, worker: 'w', leaseMs: 1_000, shutdown, committed: () => {} })
const ended = await db.rows("SELECT state, lane, error ->> 'code' FROM jobs", [])
console.log(JSON.stringify({ isAgain: again !== undefined, ended }))
close()
`

const CHECKED = {
  extends: './tsconfig.json',
  include: ['src/**/*.d.ts', 'db/**/*.d.ts', REGISTRY, 'src/sites'],
}

function copyWithKind({ rules = true, handler = true }) {
  const copy = copyOfQuill()
  copy.write('checked.json', JSON.stringify(CHECKED))
  copy.write('worker/jobs/ping-site.ts', shown['worker/jobs/ping-site.ts']!)
  copy.write('src/sites/ask-for-ping.ts', shown['src/sites/ask-for-ping.ts']!)
  if (rules) copy.edit(KINDS, '} satisfies Kinds', `${shown[`${KINDS}, in the table`]}} satisfies Kinds`)
  if (handler) {
    const imported = "import { persistDocument } from './persist-document.ts'\n"
    copy.edit(REGISTRY, imported, `${imported}import { pingSite } from './ping-site.ts'\n`)
    copy.edit(REGISTRY, '\n}\n', `\n${shown[`${REGISTRY}, in handlers`]}}\n`)
  }
  return copy
}

const compile = (copy: ReturnType<typeof copyOfQuill>) =>
  copy.run(join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', 'checked.json')

test('the kind of job that docs/jobs.md shows compiles, is asked for once, and dies with its reason', async () => {
  using copy = copyWithKind({})
  expect(await compile(copy)).toMatchObject({ output: '', code: 0 })
  copy.write('asked-twice.ts', ASKED_TWICE)
  const { output, errors } = await copy.run('asked-twice.ts')
  expect(errors).toBe('')
  expect(JSON.parse(output)).toEqual({
    isAgain: false,
    ended: [['dead', 'site.ping:127.0.0.1:1', 'address_refused']],
  })
}, 60_000)

test('the compiler names a kind that has no handler, and a handler that has no kind', async () => {
  for (const missing of [{ handler: false }, { rules: false }]) {
    using copy = copyWithKind(missing)
    const { code, output } = await compile(copy)
    expect(code).not.toBe(0)
    expect(output).toMatch(/^worker\/jobs\/registry\.ts\(\d+,\d+\): error .*'?site\.ping/m)
    expect(output.match(/error TS/g)).toHaveLength(1)
  }
}, 60_000)
