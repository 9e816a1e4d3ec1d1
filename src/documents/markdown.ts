import type { Token } from 'markdown-it'
import { limitExceeded } from '#src/errors.ts'
import { blockTokens, createParser, lineStarts } from './parser.ts'

/** A document's text, in UTF-8 bytes: a database row holds 2 MB. */
export const MARKDOWN_BYTES_MAX = 1_500_000
export const SECTIONS_MAX = 500
/** A longer heading is cut in `heading`; the Markdown keeps all of it. */
export const HEADING_CHARS_MAX = 200

export type MarkdownSection = { heading: string; level: number; markdown: string }
export type MarkdownParts = { frontmatter: string; preamble: string; sections: MarkdownSection[] }

/**
 * Cuts a document into raw slices: `frontmatter + preamble + every section's markdown` is the input, byte
 * for byte.
 *
 * A section starts at a heading of level 1 or 2 that stands at the top level of the syntax tree, and its
 * slice begins with that heading; deeper headings stay inside. The document's title, a level 1 heading that
 * comes before every other section and is the only one of its level, belongs to the preamble with what
 * follows it. `heading` is plain text. `frontmatter` has its fences; it may be TOML or JSON, which
 * `readFrontmatter` refuses.
 *
 * Throws AppError `limit_exceeded` over MARKDOWN_BYTES_MAX or SECTIONS_MAX.
 */
export function splitMarkdown(markdown: string): MarkdownParts {
  checkSize(markdown)
  const frontmatter = markdown.slice(0, frontmatterLength(markdown))
  const body = markdown.slice(frontmatter.length)
  const headings = sectionHeadings(body)
  if (headings.length > SECTIONS_MAX) {
    throw limitExceeded(
      `A document may have at most ${SECTIONS_MAX} sections; this one has ${headings.length}.`,
    )
  }
  return {
    frontmatter,
    preamble: body.slice(0, headings[0]?.start ?? body.length),
    sections: headings.map(({ start, level, heading }, index) => ({
      heading,
      level,
      markdown: body.slice(start, headings[index + 1]?.start),
    })),
  }
}

/** Inline Markdown as the words a reader sees, on one line, without markup or footnote markers. */
export function plainText(inline: string): string {
  const [token] = inlineParser.parseInline(inline.replace(/(?<!\\)\[\^[^\]\s]{1,64}\]/g, ''), {})
  return textOf(token?.children ?? [])
    .replace(/\s+/g, ' ')
    .trim()
}

/** The words of inline tokens, with images as their alternative text. */
export function textOf(tokens: Token[]): string {
  let text = ''
  for (const token of tokens) {
    if (token.type === 'softbreak' || token.type === 'hardbreak') text += '\n'
    else if (token.type === 'image') text += textOf(token.children ?? [])
    else if (token.type === 'text' || token.type === 'code_inline') text += token.content
  }
  return text
}

/**
 * How many characters of the text are frontmatter, fences and the line end included; 0 when it has none.
 * Between `---` lines there must be something like `key:`, or nothing: prose between two rules stays prose.
 */
export function frontmatterLength(markdown: string): number {
  const lines = markdown.matchAll(/([^\r\n]*)(?:\r\n?|\n|$)/g)
  const opening = lines.next().value?.[1]?.replace('\uFEFF', '').trimEnd() ?? ''
  const fence = opening === '+++' ? '+++' : opening.startsWith('---') ? '---' : undefined
  if (!fence || !['', 'yaml', 'toml', 'json', 'js', 'javascript'].includes(opening.slice(3))) return 0
  let keyed = opening !== '---'
  let blank = true
  for (const { 0: whole, 1: line = '', index } of lines) {
    const text = line.trimEnd()
    if (text === fence || (fence === '---' && text === '...')) {
      return keyed || blank ? index + whole.length : 0
    }
    if (blank && text !== '' && !text.startsWith('#')) {
      blank = false
      keyed ||= /:(?:\s|$)|^[{[?"']/.test(text)
      if (!keyed) return 0
    }
  }
  return 0
}

const inlineParser = createParser({ html: true })

function checkSize(markdown: string): void {
  const bytes = Buffer.byteLength(markdown)
  if (bytes <= MARKDOWN_BYTES_MAX) return
  throw limitExceeded(`A document may have at most ${MARKDOWN_BYTES_MAX} bytes; this one has ${bytes}.`)
}

type SectionHeading = { start: number; level: number; heading: string }

function sectionHeadings(body: string): SectionHeading[] {
  const start = body.startsWith('\uFEFF') ? 1 : 0
  const text = body.slice(start)
  const starts = lineStarts(text)
  const tokens = blockTokens(text)
  const headings = tokens.flatMap((token, index): SectionHeading[] => {
    if (token.level !== 0 || (token.tag !== 'h1' && token.tag !== 'h2') || !token.map) return []
    const inline = tokens[index + 1]?.content ?? ''
    return [
      { start: start + starts[token.map[0]]!, level: Number(token.tag[1]), heading: headingText(inline) },
    ]
  })
  const titled = headings[0]?.level === 1 && headings.filter((heading) => heading.level === 1).length === 1
  return titled ? headings.slice(1) : headings
}

function headingText(inline: string): string {
  return [...plainText(inline.slice(0, HEADING_CHARS_MAX * 10))].slice(0, HEADING_CHARS_MAX).join('')
}
