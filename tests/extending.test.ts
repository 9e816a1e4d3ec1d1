import { expect, test } from 'bun:test'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

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
  return {
    write: (file: string, text: string) => writeFileSync(join(folder, file), text),
    edit(file: string, from: string, to: string) {
      const text = readFileSync(join(folder, file), 'utf8')
      expect(text).toContain(from)
      writeFileSync(join(folder, file), text.replace(from, to))
    },
    async quill(...args: string[]) {
      const child = Bun.spawn([process.execPath, 'src/main.ts', ...args], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const [output, errors] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ])
      return { code: await child.exited, output, errors }
    },
    path: (file: string) => join(folder, file),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
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
