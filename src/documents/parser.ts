import Markdown, { type Env, type MarkdownIt, type StateBlock, type Token } from 'markdown-it'
import footnote from 'markdown-it-footnote'

/** Quotes and lists nested deeper than this are not looked into: a list counts two. Bounds time and stack. */
export const NESTING_MAX = 24
const ADDRESS_CHARS_MAX = 2_000

/**
 * The Markdown everyone here means: CommonMark, tables, strikethrough and `[^1]` footnotes.
 * Only addresses that say their scheme become links, or `README.md` would lead to Moldova.
 */
export function createParser(options: { html: boolean }): MarkdownIt {
  const parser = new Markdown({ html: options.html, linkify: true, maxNesting: NESTING_MAX })
  parser.use(footnote)
  parser.disable(['footnote_inline', 'footnote_tail'])
  parser.block.ruler.before('footnote_def', 'footnote_line', noteDefinitionLine)
  parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false })
  endAddressesAtMarkers(parser)
  return parser
}

/** In `https://example.com[^1]` the marker is a marker: without this the address would swallow it. */
function endAddressesAtMarkers({ linkify }: MarkdownIt): void {
  const matchAtStart = linkify.matchAtStart.bind(linkify)
  linkify.matchAtStart = (text) => matchAtStart(text.slice(0, ADDRESS_CHARS_MAX).split('[^', 1)[0]!)
}

const parsers = { raw: createParser({ html: true }), shown: createParser({ html: false }) }

/**
 * The block tokens of a text, with link reference definitions, without inline content. `html: false` reads
 * HTML as the text it is shown as. A token that opens a block has `map`, its lines; `lineStarts` turns them
 * into offsets.
 */
export function blockTokens(markdown: string, { html } = { html: true }): Token[] {
  const parser = html ? parsers.raw : parsers.shown
  const tokens: Token[] = []
  const env: Env = {}
  parser.block.parse(markdown.replace(/\r\n?/g, '\n').replaceAll('\0', '\uFFFD'), parser, env, tokens)
  for (const { token, line } of definitionLines(env)) {
    const open = tokens[token]
    if (open?.type === 'footnote_reference_open') open.map = [line, line + 1]
  }
  return tokens
}

/** Where each line begins (CRLF, LF and a lone CR end one, as for the parser), then the text's end. */
export function lineStarts(markdown: string): number[] {
  const starts = [0]
  for (const end of markdown.matchAll(/\r\n?|\n/g)) starts.push(end.index + end[0].length)
  if (starts.at(-1) !== markdown.length) starts.push(markdown.length)
  return starts
}

/** The label of a footnote's token. */
export const noteLabel = (token: Token) => String(token.meta?.label)

type DefinitionLine = { token: number; line: number }

function definitionLines(env: Env): DefinitionLine[] {
  env.definitionLines ??= []
  return env.definitionLines as DefinitionLine[]
}

/** The footnote rule leaves its token without a line, so the line is noted just before it runs. */
function noteDefinitionLine(state: StateBlock, line: number, _end: number, silent: boolean): boolean {
  const start = state.bMarks[line]! + state.tShift[line]!
  if (!silent && state.src.startsWith('[^', start)) {
    definitionLines(state.env).push({ token: state.tokens.length, line })
  }
  return false
}
