import { type Static, Type as t } from '@sinclair/typebox'
import { parseDocument, stringify, type YAMLError } from 'yaml'
import { AppError, limitExceeded } from '#src/errors.ts'

export const FRONTMATTER_CHARS_MAX = 20_000
export const FRONTMATTER_DEPTH_MAX = 8
const FRONTMATTER_KEYS_MAX = 50
const LABELS_MAX = 20

const Label = t.String({ minLength: 1, maxLength: 80 })
const Labels = t.Array(Label, { maxItems: LABELS_MAX })
const Text = t.String({ maxLength: 2_000 })

/** What a document says about itself; other keys may hold text, a number, a yes or no, or several texts. */
export const Frontmatter = t.Object(
  {
    title: t.Optional(t.String({ maxLength: 200 })),
    slug: t.Optional(t.String({ maxLength: 200, pattern: '^[^\\s/?#%&"<>\\\\]+$' })),
    description: t.Optional(t.String({ maxLength: 500 })),
    keywords: t.Optional(Labels),
    tags: t.Optional(Labels),
    categories: t.Optional(Labels),
    canonicalUrl: t.Optional(t.String({ maxLength: 2_000, pattern: '^https?://' })),
    heroImage: t.Optional(
      t.Object({ src: t.String({ minLength: 1, maxLength: 2_000 }), alt: t.String({ maxLength: 500 }) }),
    ),
  },
  {
    title: 'Frontmatter',
    additionalProperties: t.Union([Text, t.Number(), t.Boolean(), t.Array(Text, { maxItems: LABELS_MAX })]),
    maxProperties: FRONTMATTER_KEYS_MAX,
  },
)
export type Frontmatter = Static<typeof Frontmatter>

/**
 * Reads YAML frontmatter (YAML 1.2 core schema), with or without its `---` lines; an empty one gives `{}`.
 * Dates stay text. Nothing in it is run: other languages, tags, aliases and duplicate keys are refused.
 * The keys are the author's: check them against `Frontmatter` before use.
 *
 * Throws AppError `invalid_request` with line and reason, and `limit_exceeded` over FRONTMATTER_CHARS_MAX.
 */
export function readFrontmatter(raw: string): Record<string, unknown> {
  if (raw.length > FRONTMATTER_CHARS_MAX) {
    throw limitExceeded(
      `A frontmatter may have at most ${FRONTMATTER_CHARS_MAX} characters; this one has ${raw.length}.`,
    )
  }
  const values = parseYaml(withoutFences(raw))
  if (values === null) return {}
  if (typeof values !== 'object' || Array.isArray(values)) {
    throw unreadable(1, 'it must be a list of “key: value” lines')
  }
  checkKeys(values)
  return values as Record<string, unknown>
}

/**
 * Writes frontmatter that `readFrontmatter` reads back to equal values, with its `---` lines; '' for no
 * values. Text that YAML 1.1 would take for a date, a number or a yes/no is quoted, since blogs still run
 * YAML 1.1.
 */
export function writeFrontmatter(values: Record<string, unknown>): string {
  const present = Object.entries(values).filter(([, value]) => value !== undefined)
  if (present.length === 0) return ''
  const yaml = stringify(Object.fromEntries(present), {
    schema: 'core',
    compat: 'yaml-1.1',
    aliasDuplicateObjects: false,
    lineWidth: 0,
  })
  return `---\n${yaml}---\n`
}

/** The frontmatter with another title and everything else as it was; no frontmatter stays none. */
export function retitled(raw: string, title: string): string {
  const values = readFrontmatter(raw)
  if (raw === '' || values.title === title) return raw
  const document = parseDocument(withoutFences(raw))
  document.set('title', title)
  return `---\n${document.toString({ lineWidth: 0 }).trimStart()}---\n`
}

/** The opening line stays as an empty one, so that the line numbers of errors are those of the document. */
function withoutFences(raw: string): string {
  const lines = raw.replace(/^\uFEFF/, '').split(/\r\n?|\n/)
  const opening = lines[0]!.trimEnd()
  if (opening === '+++') throw unreadable(1, 'it is TOML, and only YAML between “---” lines is read')
  if (!opening.startsWith('---')) return lines.join('\n')
  if (!['---', '---yaml'].includes(opening)) throw unreadable(1, `only YAML is read, not “${opening}”`)
  if (lines.length > 1 && lines.at(-1) === '') lines.pop()
  const closing = lines.at(-1)!.trimEnd()
  const closed = lines.length > 1 && (closing === '---' || closing === '...')
  return ['', ...lines.slice(1, closed ? -1 : undefined)].join('\n')
}

function parseYaml(yaml: string): unknown {
  const document = parseDocument(yaml, {
    version: '1.2',
    schema: 'core',
    uniqueKeys: true,
    stringKeys: true,
    merge: false,
    resolveKnownTags: false,
    logLevel: 'error',
  })
  const problem = document.errors[0] ?? document.warnings[0]
  if (problem) throw unreadable(problem.linePos?.[0].line ?? 1, reason(problem))
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch (error) {
    if (error instanceof ReferenceError) throw unreadable(1, 'aliases (“*name”) are not allowed')
    throw error
  }
}

/** The parser's reason without position and excerpt; our own words where it speaks to programmers. */
function reason({ code, message }: YAMLError): string {
  if (code === 'MULTIPLE_DOCS') return 'a line of “---” or “...” ends it before its end'
  if (message.startsWith('Maximum call stack')) return 'it is nested too deeply'
  return message
    .split('\n', 1)[0]!
    .replace(/ at line \d+, column \d+:?$/, '')
    .replace(/\.$/, '')
}

const unreadable = (line: number, why: string) =>
  new AppError('invalid_request', `The frontmatter cannot be read. Line ${line}: ${why}.`, [
    { path: `/frontmatter/line/${line}`, message: why },
  ])

function checkKeys(value: unknown, depth = 1): void {
  if (typeof value !== 'object' || value === null) return
  if (depth > FRONTMATTER_DEPTH_MAX) {
    throw limitExceeded(`A frontmatter may be nested at most ${FRONTMATTER_DEPTH_MAX} levels deep.`)
  }
  if (Object.hasOwn(value, '__proto__')) throw unreadable(1, 'the key “__proto__” is not allowed')
  for (const inner of Object.values(value)) checkKeys(inner, depth + 1)
}
