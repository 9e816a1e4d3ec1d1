import { type Static, Type as t } from '@sinclair/typebox'
import { blockTokens, lineStarts } from './parser.ts'

export const BlockKind = t.Union([
  t.Literal('paragraph'),
  t.Literal('heading'),
  t.Literal('item'),
  t.Literal('quote'),
  t.Literal('code'),
  t.Literal('table'),
  t.Literal('row'),
  t.Literal('html'),
  t.Literal('rule'),
  t.Literal('reference'),
])
export type BlockKind = Static<typeof BlockKind>

/** `text` has no line end; `gap` is the line ends and blank lines up to the next block. */
export type Block = { kind: BlockKind; text: string; gap: string }

/**
 * Markdown as the blocks a person decides about: paragraphs, headings, list items (each with what belongs
 * to it, a nested item apart), quotes, code, table rows (the head with its rule is `table`). Every text and
 * gap, joined, is the input. Blank lines at the start belong to the first block's text.
 */
export function blocksOf(markdown: string): Block[] {
  if (markdown === '') return []
  const starts = lineStarts(markdown)
  const openings = blockLines(markdown)
  if (openings.length === 0) return [{ kind: 'paragraph', text: '', gap: markdown }]
  return openings.map(({ kind, line }, index) => {
    const next = openings[index + 1]
    const raw = markdown.slice(index === 0 ? 0 : starts[line], next ? starts[next.line] : markdown.length)
    const gap = trailingGap(raw)
    return { kind, text: raw.slice(0, raw.length - gap), gap: raw.slice(raw.length - gap) }
  })
}

const kindOf: Record<string, BlockKind> = {
  paragraph_open: 'paragraph',
  heading_open: 'heading',
  fence: 'code',
  code_block: 'code',
  html_block: 'html',
  hr: 'rule',
  blockquote_open: 'quote',
  reference_definition: 'reference',
  footnote_reference_open: 'reference',
  table_open: 'table',
}

/** The line on which each block opens, rising. */
function blockLines(markdown: string): { kind: BlockKind; line: number }[] {
  const lines: { kind: BlockKind; line: number }[] = []
  const inside: string[] = []
  let last = -1
  for (const token of blockTokens(markdown)) {
    if (token.nesting === -1) inside.pop()
    const kind = kindWithin(inside, token.type)
    const line = token.map?.[0] ?? -1
    if (kind && line > last) {
      lines.push({ kind, line })
      last = line
    }
    if (token.nesting === 1) inside.push(token.type)
  }
  return lines
}

/** What a token opens: blocks at the top, the items of lists within lists, and the rows of a table's body. */
function kindWithin(inside: string[], type: string): BlockKind | undefined {
  if (type === 'list_item_open') return inside.every((outer) => outer.includes('list_')) ? 'item' : undefined
  if (type === 'tr_open') return inside.join() === 'table_open,tbody_open' ? 'row' : undefined
  return inside.length === 0 ? kindOf[type] : undefined
}

/** The length of the line ends and blank lines at the end, which may hold spaces and tabs only. */
function trailingGap(raw: string): number {
  let end = raw.length
  while (end > 0 && ' \t\r\n'.includes(raw[end - 1]!)) end--
  const lineEnd = raw.slice(end).search(/[\r\n]/)
  return lineEnd < 0 ? 0 : raw.length - end - lineEnd
}
