import { LINE_CHARS_MAX } from '#src/sources/limits.ts'
import { lineTooLong } from '#src/sources/storable-text.ts'
import type { MarkupHandler } from './markup-parser.ts'
import type { TextBlock } from './structured-text.ts'

/** A page's `main` or `article` is preferred when it holds at least this part of the page's characters. */
const REGION_SHARE = 0.1

const SKIPPED = new Set(
  `script style noscript template svg math canvas iframe object audio video map nav aside footer select button
  textarea datalist dialog`.split(/\s+/),
)
const SKIPPED_ROLES = new Set(['navigation', 'banner', 'contentinfo', 'search', 'complementary', 'dialog'])
const BLOCKS = new Set(
  `address article blockquote body center dd details dir div dl dt fieldset figcaption figure form h1 h2 h3
  h4 h5 h6 header hr html li main ol p pre section summary table tbody tfoot thead tr ul`.split(/\s+/),
)

/** Elements that say what kind of block they hold; an empty one says nothing of the next. */
const KIND_OF_BLOCK = /^(?:h[1-6]|tr|pre)$/
/** Links that headings carry to themselves. */
const ANCHOR_SIGNS = new Set(['#', '¶', '§', '🔗'])

type Region = 'main' | 'article' | 'rest'
type HtmlBlock = TextBlock & { region: Region }

type Reading = {
  blocks: HtmlBlock[]
  chars: Record<Region, number>
  /** The lines of the block being read, and the one that is open; of a `pre` all its text. */
  lines: string[]
  line: string
  endsInSpace: boolean
  kind: TextBlock['kind']
  level?: number
  title?: string
  isInTitle: boolean
  /** Elements open inside a skipped one, which counts too. */
  skipped: number
  /** The open elements, and how many there are of those that matter. */
  elements: string[]
  open: { main: number; article: number; pre: number }
  /** For each open list the number of its next item; NaN for bullets. */
  lists: number[]
  itemMark: string
}

/** Collects the blocks of a page; `finish` gives those of the preferred region, and the page's title. */
export function htmlReader(): MarkupHandler & { finish(): { title?: string; blocks: TextBlock[] } } {
  const reading: Reading = {
    blocks: [],
    chars: { main: 0, article: 0, rest: 0 },
    lines: [],
    line: '',
    endsInSpace: true,
    kind: 'paragraph',
    isInTitle: false,
    skipped: 0,
    elements: [],
    open: { main: 0, article: 0, pre: 0 },
    lists: [],
    itemMark: '',
  }
  return {
    open: (name, attributes) => openElement(reading, name, attributes),
    close: (name) => closeElement(reading, name),
    text: (text) => addText(reading, text),
    finish() {
      closeBlock(reading)
      const blocks = preferredBlocks(reading)
      return { title: chooseTitle(reading.title ?? '', blocks), blocks }
    },
  }
}

function openElement(reading: Reading, name: string, attributes: Record<string, string>) {
  if (reading.skipped > 0 || isSkipped(name, attributes)) {
    reading.skipped++
    return
  }
  if (BLOCKS.has(name)) closeBlock(reading)
  const element = attributes.role === 'main' ? 'main' : name
  reading.elements.push(element)
  if (isCounted(element)) reading.open[element]++

  if (name === 'title' && reading.title === undefined) reading.isInTitle = true
  else if (name === 'br') breakLine(reading)
  else if (name === 'ul' || name === 'ol') reading.lists.push(name === 'ol' ? 1 : Number.NaN)
  else if (name === 'li') beginItem(reading)
  else if (name === 'tr') reading.kind = 'row'
  else if (name === 'code' && reading.open.pre > 0) reading.kind = 'code'
  else if (name === 'td' || name === 'th') beginCell(reading)
  else if (/^h[1-6]$/.test(name)) Object.assign(reading, { kind: 'heading', level: Number(name[1]) })
}

function closeElement(reading: Reading, name: string) {
  if (reading.skipped > 0) {
    reading.skipped--
    return
  }
  const element = reading.elements.pop() ?? name
  if (BLOCKS.has(name)) closeBlock(reading)
  if (KIND_OF_BLOCK.test(name)) reading.kind = 'paragraph'
  if (isCounted(element)) reading.open[element]--
  if (name === 'title') reading.isInTitle = false
  if (name === 'ul' || name === 'ol') reading.lists.pop()
  if (name === 'li') reading.itemMark = ''
}

function isSkipped(name: string, attributes: Record<string, string>): boolean {
  const { role, class: classes = '', hidden } = attributes
  if (SKIPPED.has(name) || (role !== undefined && SKIPPED_ROLES.has(role))) return true
  const isReference = name === 'sup' && /\breference\b/.test(classes.slice(0, 200))
  return hidden !== undefined || attributes['aria-hidden'] === 'true' || isReference
}

function isCounted(element: string): element is keyof Reading['open'] {
  return element === 'main' || element === 'article' || element === 'pre'
}

function beginItem(reading: Reading) {
  const number = reading.lists.at(-1) ?? Number.NaN
  reading.itemMark = Number.isNaN(number) ? '- ' : `${number}. `
  if (reading.lists.length > 0) reading.lists[reading.lists.length - 1] = number + 1
}

function beginCell(reading: Reading) {
  const line = reading.line.trimEnd()
  if (line !== '' && !line.endsWith('|')) addText(reading, ' | ')
}

function addText(reading: Reading, text: string) {
  const isAnchor = reading.elements.at(-1) === 'a' && ANCHOR_SIGNS.has(text.trim())
  if (reading.skipped > 0 || isAnchor) return
  if (reading.isInTitle) {
    reading.title = (reading.title ?? '') + text
    return
  }
  if (reading.open.pre > 0) {
    reading.line += text
    return
  }
  const flat = text.replace(/[ \t\n\f\r]+/g, ' ')
  reading.line += reading.endsInSpace ? flat.replace(/^ /, '') : flat
  reading.endsInSpace = flat.endsWith(' ')
  if (reading.line.length > LINE_CHARS_MAX) throw lineTooLong(reading.line.length)
}

/** Two line breaks in a row are how old pages make paragraphs. */
function breakLine(reading: Reading) {
  if (reading.open.pre > 0) {
    reading.line += '\n'
    return
  }
  const line = reading.line.trim()
  if (line === '') return closeBlock(reading)
  reading.lines.push(line)
  reading.line = ''
  reading.endsInSpace = true
}

/** Ends the block being read. An item's mark goes to the first block inside the item. */
function closeBlock(reading: Reading) {
  const { kind, level, lines, line } = reading
  const { main, article, pre } = reading.open
  const region: Region = main > 0 ? 'main' : article > 0 ? 'article' : 'rest'
  const last = kind === 'row' ? line.trim().replace(/\s\|$/, '') : line.trim()
  const text = pre > 0 ? line : [...lines, last].join('\n')
  Object.assign(reading, { lines: [], line: '', endsInSpace: true })
  if (text.trim() === '') return
  reading.kind = 'paragraph'
  reading.chars[region] += text.length
  if (kind === 'paragraph' && reading.itemMark) {
    reading.blocks.push({ kind: 'item', text: reading.itemMark + text, region })
    reading.itemMark = ''
  } else {
    reading.blocks.push({ kind, text, level, region })
  }
}

function preferredBlocks({ blocks, chars }: Reading): TextBlock[] {
  const least = (chars.main + chars.article + chars.rest) * REGION_SHARE
  const preferred = (['main', 'article'] as const).find(
    (region) => chars[region] > 0 && chars[region] >= least,
  )
  return preferred ? blocks.filter(({ region }) => region === preferred) : blocks
}

/** A page's `title` often has the site's name too: the first heading is better when it is part of that. */
function chooseTitle(title: string, blocks: TextBlock[]): string | undefined {
  const flat = title.replace(/\s+/g, ' ').trim()
  const heading = blocks
    .find(({ kind, level }) => kind === 'heading' && level === 1)
    ?.text.replace(/\s+/g, ' ')
    .trim()
  if (heading && (flat === '' || flat.includes(heading))) return heading
  return flat || undefined
}
