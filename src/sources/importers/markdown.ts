import { parse } from 'yaml'
import { decodeText } from '#src/sources/decode-text.ts'
import type { ImportedSource, Importer } from '#src/sources/importer.ts'
import { splitPassages } from '#src/sources/passages.ts'
import { normalizeText, storableText } from '#src/sources/storable-text.ts'

const FRONTMATTER_CHARS_MAX = 20_000
const OPENING = /^---[ \t]*\n(?=[\w"'-]+[ \t]*:|#)/
const CLOSING = /\n(?:---|\.\.\.)[ \t]*(?:\n|$)/

export const markdown: Importer = {
  extensions: ['.md', '.markdown'],
  label: 'Markdown',
  read: ({ bytes }) => readMarkdown(decodeText(bytes)),
}

/** The stored text is the Markdown itself without its frontmatter, of which only the title is used. */
export async function readMarkdown(raw: string): Promise<ImportedSource> {
  const { title, body } = splitFrontmatter(normalizeText(raw))
  const text = storableText(body)
  return { title, text, passages: await splitPassages(text) }
}

/** What begins like YAML frontmatter but is no mapping of it is text, and stays. */
function splitFrontmatter(text: string): { title?: string; body: string } {
  const opening = OPENING.exec(text.slice(0, FRONTMATTER_CHARS_MAX))
  const rest = text.slice(opening?.[0].length, FRONTMATTER_CHARS_MAX)
  const closing = opening && CLOSING.exec(rest)
  const values = closing && readYaml(rest.slice(0, closing.index))
  if (!values) return { body: text }
  const { title } = values
  const body = text.slice(opening[0].length + closing.index + closing[0].length).replace(/^\n+/, '')
  return { title: typeof title === 'string' || typeof title === 'number' ? String(title) : undefined, body }
}

function readYaml(yaml: string): { title?: unknown } | undefined {
  try {
    const values: unknown = parse(yaml, { maxAliasCount: 0, logLevel: 'silent' })
    return typeof values === 'object' && values !== null && !Array.isArray(values) ? values : undefined
  } catch {
    return undefined
  }
}
