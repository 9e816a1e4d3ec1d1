import { levelOf, type Styles } from './docx-styles.ts'
import type { MarkupHandler } from './markup-parser.ts'
import type { TextBlock } from './structured-text.ts'

/** Deleted and moved-away text, old formatting, and the copy of a text box for programs of before 2010. */
const SKIPPED = new Set(
  `w:del w:moveFrom w:pPrChange w:rPrChange w:sectPrChange w:tblPrChange w:trPrChange w:tcPrChange
  mc:Fallback`.split(/\s+/),
)

type Paragraph = { text: string; level?: number; styleId?: string; isList: boolean }

type Reading = {
  styles: Styles
  blocks: TextBlock[]
  title?: string
  skipped: number
  /** Open paragraphs, the innermost last: a text box has its own inside another's. */
  paragraphs: Paragraph[]
  isInText: boolean
  isInRun: number
  /** Open table rows, each with its cells so far. */
  rows: string[][]
}

/** Collects the paragraphs, headings, list items and table rows of word/document.xml. */
export function docxReader(
  styles: Styles,
): MarkupHandler & { finish(): { title?: string; blocks: TextBlock[] } } {
  const reading: Reading = {
    styles,
    blocks: [],
    skipped: 0,
    paragraphs: [],
    isInText: false,
    isInRun: 0,
    rows: [],
  }
  return {
    open: (name, attributes) => openElement(reading, name, attributes),
    close: (name) => closeElement(reading, name),
    text(text) {
      const paragraph = reading.paragraphs.at(-1)
      if (reading.isInText && reading.skipped === 0 && paragraph) paragraph.text += text
    },
    finish: () => ({ title: reading.title, blocks: reading.blocks }),
  }
}

function openElement(reading: Reading, name: string, attributes: Record<string, string>) {
  if (reading.skipped > 0 || SKIPPED.has(name)) {
    reading.skipped++
    return
  }
  const value = attributes['w:val'] ?? ''
  const paragraph = reading.paragraphs.at(-1)
  if (name === 'w:p') reading.paragraphs.push({ text: '', isList: false })
  else if (name === 'w:tr') reading.rows.push([])
  else if (name === 'w:tc') reading.rows.at(-1)?.push('')
  else if (name === 'w:r') reading.isInRun++
  else if (name === 'w:t') reading.isInText = true
  else if (!paragraph) return
  else if (name === 'w:pStyle') paragraph.styleId = value
  else if (name === 'w:outlineLvl') paragraph.level = levelOf(Number(value))
  else if (name === 'w:numId') paragraph.isList = value !== '0'
  else if (reading.isInRun > 0) paragraph.text += characterOf(name)
}

function closeElement(reading: Reading, name: string) {
  if (reading.skipped > 0) {
    reading.skipped--
    return
  }
  if (name === 'w:t') reading.isInText = false
  else if (name === 'w:r') reading.isInRun--
  else if (name === 'w:p') closeParagraph(reading)
  else if (name === 'w:tr') closeRow(reading)
}

/** Tabs are also the name of tab stops, so these count only inside a run. */
function characterOf(name: string): string {
  if (name === 'w:tab') return '\t'
  if (name === 'w:br' || name === 'w:cr') return '\n'
  return name === 'w:noBreakHyphen' ? '\u2011' : ''
}

function closeParagraph(reading: Reading) {
  const paragraph = reading.paragraphs.pop()
  const text = paragraph?.text.replace(/\n\s*\n/g, '\n').trim()
  if (!paragraph || !text) return
  const cells = reading.rows.at(-1)
  if (cells && cells.length > 0) {
    cells[cells.length - 1] = `${cells.at(-1)} ${text.replace(/\s+/g, ' ')}`.trim()
    return
  }
  const style = paragraph.styleId === undefined ? undefined : reading.styles(paragraph.styleId)
  if (style?.isContents) return
  if (style?.isTitle) reading.title ??= text
  const level = style?.isTitle ? 1 : (paragraph.level ?? style?.level)
  const isList = paragraph.isList || style?.isList
  if (level !== undefined) reading.blocks.push({ kind: 'heading', text, level })
  else reading.blocks.push(isList ? { kind: 'item', text: `- ${text}` } : { kind: 'paragraph', text })
}

/** A table inside a cell becomes part of that cell's text. */
function closeRow(reading: Reading) {
  const cells = (reading.rows.pop() ?? []).filter((cell) => cell !== '')
  const outer = reading.rows.at(-1)
  const text = cells.join(' | ')
  if (outer && outer.length > 0) outer[outer.length - 1] = `${outer.at(-1)} ${text}`.trim()
  else reading.blocks.push({ kind: 'row', text })
}
