import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { Glob } from 'bun'
import { withTables } from '#scripts/rights.ts'
import { exampleFile, withTable } from '#scripts/settings.ts'
import { readEnv, settingList } from '#src/env.ts'
import { errorStatus } from '#src/errors.ts'
import { jobKinds } from '#src/jobs/kinds.ts'
import { createLog } from '#src/log.ts'
import { pipelines } from '#src/pipelines/steps.ts'
import { handlers } from '#worker/jobs/registry.ts'
import { pipelineStages } from '#worker/pipeline.ts'
import { scheduledHandlers } from '#worker/schedules/handlers.ts'

const ROOT = join(import.meta.dir, '..')
const LINES_MAX = 300
const OURS = ['src', 'worker', 'db', 'scripts', 'tests']
const SHIPPED = ['src', 'worker', 'db']

/** Which rooms may know a table: every row has one owner, whom the others ask. */
const TABLE_OWNERS: Record<string, string[]> = {
  accounts: ['src/accounts'],
  audit: ['src/audit'],
  projects: ['src/projects'],
  sources: ['src/sources'],
  documents: ['src/documents'],
  jobs: ['src/jobs', 'src/pipelines', 'src/queue', 'worker'],
  limits: ['src/limits'],
  ops: ['src/ops'],
}
/** What everything stands on; it knows nothing that stands on it. */
const GROUND = /^src\/(?!(main|server|services|app|app-deps|interface)\.ts)[\w.-]+\.ts$/
const ENTRIES = /^(src\/(main|server|services)\.ts|src\/commands\/|worker\/consumer\.ts)/

type Import = { from: string; to: string; isType: boolean }

const files = (folders: string[], pattern = '**/*.{ts,tsx}') =>
  folders
    .flatMap((folder) => [...new Glob(`${folder}/${pattern}`).scanSync(ROOT)])
    .filter((file) => !file.includes('node_modules/'))
    .toSorted()

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
const sources = new Map(files(OURS).map((file) => [file, read(file)]))
const imports = [...sources].flatMap(([from, text]) => importsOf(from, text))

describe('imports point one way', () => {
  const runtime = imports.filter((edge) => !edge.isType)
  const cases: [string, (edge: Import) => boolean][] = [
    ['the database knows nothing above it', ({ from, to }) => under(from, 'db') && !under(to, 'db')],
    [
      'only commands know the worker',
      ({ from, to }) => under(from, 'src') && under(to, 'worker') && !under(from, 'src/commands'),
    ],
    [
      'the worker knows no app, no server, no route and no page',
      ({ from, to }) =>
        under(from, 'worker') &&
        from !== 'worker/consumer.ts' &&
        (/^src\/(app|server|services|main)\.ts$|routes\.ts$/.test(to) ||
          under(to, 'src/ui') ||
          under(to, 'src/commands')),
    ],
    ['steps know no database', ({ from, to }) => under(from, 'worker/steps') && under(to, 'db')],
    [
      'only entries know the entries',
      ({ from, to }) =>
        ENTRIES.test(to) && !ENTRIES.test(from) && !under(from, 'tests') && !under(from, 'scripts'),
    ],
    [
      'only the server and commands know the app',
      ({ from, to }) => to === 'src/app.ts' && !ENTRIES.test(from) && !isTool(from),
    ],
    [
      'only the app knows the routes',
      ({ from, to }) => /routes\.ts$/.test(to) && !isPage(to) && from !== 'src/app.ts' && !isTool(from),
    ],
    [
      'the ground knows only the ground',
      ({ from, to }) => GROUND.test(from) && !GROUND.test(to) && !to.endsWith('/limits.ts'),
    ],
    [
      'writers know nothing of storage, jobs or requests',
      ({ from, to }) => under(from, 'src/ai') && !under(to, 'src/ai') && !GROUND.test(to),
    ],
    ['pages know no server code', ({ from, to }) => under(from, 'src/ui') && !under(to, 'src/ui')],
    [
      'nothing that is shipped knows the tests or the scripts',
      ({ from, to }) => isShipped(from) && isTool(to),
    ],
  ]
  for (const [rule, breaks] of cases)
    test(rule, () => {
      expect(runtime.filter(breaks).map(({ from, to }) => `${from} → ${to}`)).toEqual([])
    })

  test('pages know of the server only the type of the app', () => {
    const types = imports.filter(
      ({ from, to, isType }) => isType && under(from, 'src/ui') && !under(to, 'src/ui'),
    )
    expect([...new Set(types.map(({ to }) => to))]).toEqual(['src/app.ts'])
  })

  test('a table is known to its owner alone', () => {
    const strangers = imports.filter(({ from, to }) => {
      const [, table] = /^db\/schema\/(\w+)\.ts$/.exec(to) ?? []
      return table && isShipped(from) && !TABLE_OWNERS[table]!.some((room) => under(from, room))
    })
    expect(strangers.map(({ from, to }) => `${from} → ${to}`)).toEqual([])
  })
})

test('no file is a burden to read', () => {
  const long = [...sources].filter(([, text]) => text.split('\n').length - 1 > LINES_MAX)
  expect(long.map(([file]) => file)).toEqual([])
})

test('files are named in kebab-case, after what they hold', () => {
  const odd = [...sources.keys()].filter(
    (file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|d|property\.test))?\.tsx?$/.test(basename(file)),
  )
  expect(odd).toEqual([])
  const vague = [...sources.keys()].filter((file) =>
    /^(utils?|helpers?|common|types?|misc|shared)\.tsx?$/.test(basename(file)),
  )
  expect(vague).toEqual([])
})

test('no file does nothing but pass on what others export', () => {
  const barrels = [...sources].filter(([, text]) => {
    const lines = text.split('\n').filter((line) => line.trim() && !/^\s*(\/\/|\/?\*)/.test(line))
    return (
      lines.length > 0 &&
      lines.every((line) => /^export\s+(\*|\{|type\s+\{)/.test(line) && / from '/.test(line))
    )
  })
  expect(barrels.map(([file]) => file)).toEqual([])
})

test('types are checked everywhere: no any, and no line that the checker is told to pass over', () => {
  expect(linesWith(SHIPPED, /\bas any\b|[:<]\s*any\b|\bany\[\]|@ts-(ignore|nocheck|expect-error)/)).toEqual(
    [],
  )
  expect(linesWith(OURS, /@ts-(ignore|nocheck)/, 'tests/tidy.test.ts')).toEqual([])
})

test('what is shipped writes to the log or the terminal, not to the console', () => {
  expect(linesWith(SHIPPED, /\bconsole\.\w+\(/)).toEqual([])
})

test('nothing waits to be done, and no test is left out or runs alone', () => {
  expect(linesWith(OURS, /\b(TODO|FIXME|XXX|HACK)\b/, 'tests/tidy.test.ts')).toEqual([])
  expect(linesWith(['tests'], /\b(test|describe|it)\.(only|skip|todo)\b/, 'tests/tidy.test.ts')).toEqual([])
})

test('nothing is drawn from another host: neither scripts nor styles nor fonts', () => {
  const pages = files(['src'], '**/*.{html,css,tsx}').map((file) => [file, read(file)] as const)
  const drawn = pages.filter(([, text]) =>
    /(src|href)=["']https?:\/\/|url\(["']?https?:|@import\s+["']https?:/.test(text),
  )
  expect(drawn.map(([file]) => file)).toEqual([])
})

test('the settings of the code are those of .env.example and of the README', () => {
  expect(read('.env.example')).toBe(exampleFile())
  const readme = read('README.md')
  expect(withTable(readme)).toBe(readme)
  for (const { name, meaning } of settingList) {
    expect(name).toMatch(/^[A-Z][A-Z0-9_]+$/)
    expect(meaning).toMatch(/\.$/)
  }
  const used = linesWith(['src', 'worker', 'db'], /process\.env\.[A-Z_]+/).filter(
    (line) => !line.includes('NODE_ENV'),
  )
  expect(used).toEqual([])
})

test('every kind of job has a handler, every handler a kind, and every step of a pipeline its stage', () => {
  const deps = {
    env: readEnv({ NODE_ENV: 'test' }),
    log: createLog('silent'),
    mailer: { send: async () => {} },
  }
  const performed = Object.keys({ ...handlers, ...scheduledHandlers(deps) })
  expect(performed.toSorted()).toEqual(Object.keys(jobKinds).toSorted())
  for (const [name, stages] of Object.entries(pipelineStages))
    expect(stages.map(({ step }) => step)).toEqual([...pipelines[name as keyof typeof pipelines]])
})

test('the tables of docs/access.md are those of the code', () => {
  const document = read('docs/access.md')
  expect(withTables(document)).toBe(document)
})

test('every error code has its page, and every page its code', () => {
  const headings = [...read('docs/errors.md').matchAll(/^## (\w+)$/gm)].map(([, code]) => code!)
  expect(headings).toEqual(Object.keys(errorStatus))
  for (const [code, status] of Object.entries(errorStatus))
    expect(read('docs/errors.md')).toMatch(new RegExp(`^## ${code}\\n\\nStatus ${status}\\. `, 'm'))
})

test('every dependency is pinned to one version, and none runs a script when it is installed', () => {
  for (const file of ['package.json', 'tests/package.json']) {
    const manifest = JSON.parse(read(file))
    const versions = Object.entries<string>({ ...manifest.dependencies, ...manifest.devDependencies })
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
    expect(manifest.trustedDependencies).toEqual([])
  }
})

test('the lock files name packages, not the hosts they came from', () => {
  for (const file of ['bun.lock', 'tests/bun.lock']) expect(read(file)).not.toMatch(/https?:\/\//)
})

function importsOf(from: string, text: string): Import[] {
  const statements = text.matchAll(/^\s*(?:import|export)\s+(type\s)?[^'"`;()]*?from\s+'([^']+)'/gm)
  const dynamic = text.matchAll(/\bimport\('([^']+)'\)/g)
  return [
    ...[...statements].map(([, type, to]) => ({ from, to: target(from, to!), isType: type !== undefined })),
    ...[...dynamic].map(([, to]) => ({ from, to: target(from, to!), isType: false })),
  ].filter((edge) => OURS.some((folder) => under(edge.to, folder)))
}

function target(from: string, to: string): string {
  if (to.startsWith('#')) return to.slice(1)
  return to.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(from), to)) : to
}

function linesWith(folders: string[], pattern: RegExp, except?: string): string[] {
  return [...sources].flatMap(([file, text]) =>
    folders.some((folder) => under(file, folder)) && file !== except
      ? text
          .split('\n')
          .flatMap((line, index) =>
            pattern.test(withoutText(line)) ? [`${file}:${index + 1} ${line.trim()}`] : [],
          )
      : [],
  )
}

/** The line without its texts and comments. */
const withoutText = (line: string) =>
  line.replace(/'(?:[^'\\]|\\.)*'/g, "''").replace(/^\s*\*.*$|\/\/(?!.*(TODO|FIXME|@ts-)).*$/, '')

function under(file: string, folder: string): boolean {
  return file.startsWith(`${folder}/`)
}

function isTool(file: string): boolean {
  return under(file, 'tests') || under(file, 'scripts')
}

function isShipped(file: string): boolean {
  return SHIPPED.some((folder) => under(file, folder))
}

function isPage(file: string): boolean {
  return under(file, 'src/ui')
}
