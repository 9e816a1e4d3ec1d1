import { limitExceeded } from '#src/errors.ts'
import type { Pace } from '#src/pace.ts'
import { inFull } from './in-full.ts'
import { HEADINGS_MAX, PASSAGES_MAX } from './limits.ts'
import { HEAD_CHARS, readTurn, type Turn } from './turns.ts'

const HEADING_CHARS_MAX = 200
const SETEXT_CHARS_MAX = 120
/** Lines that may begin a passage; most of those without a blank line before them do not. */
const STRETCHES_MAX = PASSAGES_MAX * 5

export type Heading = { kind: 'heading'; level: number; title: string }

/** Lines in a row. A new one begins after a blank line, at a list item, and at a mark of a turn. */
export type Stretch = {
  kind: 'stretch'
  start: number
  end: number
  /** False when only a mark of a turn begins it: it is a paragraph of its own if the mark holds. */
  isParagraph: boolean
  isCode?: boolean
  turn?: Turn
  /** Whether lines follow the first one. */
  goesOn?: boolean
}

export type BlockOptions = {
  /** Offsets of the lines that are headings, when the importer knows; else Markdown's marks say so. */
  headingsAt?: ReadonlySet<number>
}

const ATX = /^ {0,3}(#{1,6})(?:[ \t]+|$)/
const SETEXT = /^ {0,3}(=+|-{3,})[ \t]*$/
const FENCE = /^ {0,3}(`{3,}|~{3,})/
const LIST_ITEM = /^\s{0,12}(?:[-*+•]|(\d{1,3})[.)])\s+(?=\S)/
/** Every mark inside a paragraph has one: most lines need no closer look. */
const COLON = /[:：]/
const QUOTE = /^ {0,3}(?:> ?){1,5}/

type Reading = {
  text: string
  options: BlockOptions
  blocks: (Heading | Stretch)[]
  headings: number
  open?: Stretch
  isList: boolean
  fence?: string
}

/** Cuts a text into headings and stretches of lines, in one pass. */
export async function readBlocks(text: string, options: BlockOptions, pace: Pace) {
  const reading: Reading = { text, options, blocks: [], headings: 0, isList: false }
  for (let start = 0; start < text.length; ) {
    await pace()
    const lineBreak = text.indexOf('\n', start)
    const end = lineBreak < 0 ? text.length : lineBreak
    readLine(reading, start, end)
    if (reading.blocks.length > STRETCHES_MAX) throw tooManyPassages()
    start = end + 1
  }
  return reading.blocks
}

export function tooManyPassages() {
  return limitExceeded(`The text has more than ${inFull(PASSAGES_MAX)} paragraphs; that is the limit.`)
}

function readLine(reading: Reading, start: number, end: number) {
  const line = reading.text.slice(start, end)
  if (reading.fence !== undefined || FENCE.test(line)) return readCode(reading, line, start, end)
  if (line.trim() === '') return closeParagraph(reading)
  const heading = readHeading(reading, line, start)
  if (heading) return addHeading(reading, heading)
  if (isRule(line)) return closeParagraph(reading)
  readProse(reading, line, start, end)
}

function readCode(reading: Reading, line: string, start: number, end: number) {
  if (reading.fence === undefined) {
    reading.fence = FENCE.exec(line)![1]!
    reading.isList = false
    reading.open = { kind: 'stretch', start: end, end, isParagraph: true, isCode: true }
    reading.blocks.push(reading.open)
  } else if (line.trim().startsWith(reading.fence) && line.trim().replaceAll(reading.fence[0]!, '') === '') {
    reading.fence = undefined
    reading.open = undefined
  } else if (reading.open) {
    if (reading.open.start === reading.open.end) reading.open.start = start
    reading.open.end = end
  }
}

function readHeading(reading: Reading, line: string, start: number): Heading | undefined {
  const { headingsAt } = reading.options
  if (headingsAt && !headingsAt.has(start)) return undefined
  const mark = ATX.exec(line)
  if (mark) {
    const title = line.slice(mark[0].length, mark[0].length + HEADING_CHARS_MAX * 2).replace(/\s#+\s*$/, '')
    return { kind: 'heading', level: mark[1]!.length, title: plainHeading(title) }
  }
  return readSetext(reading, line)
}

/** Only a short line of its own, not ending like a sentence, is a heading when it is underlined. */
function readSetext({ open, text, blocks }: Reading, line: string): Heading | undefined {
  const underline = SETEXT.exec(line)
  if (
    !underline ||
    !open?.isParagraph ||
    open.isCode ||
    open.goesOn ||
    open.end - open.start > SETEXT_CHARS_MAX
  )
    return undefined
  const title = text.slice(open.start, open.end).trim()
  if (/[.,;:]$/.test(title) || (open.turn && open.turn.evidence !== 'alone')) return undefined
  blocks.pop()
  return { kind: 'heading', level: underline[1]!.startsWith('=') ? 1 : 2, title: plainHeading(title) }
}

function addHeading(reading: Reading, heading: Heading) {
  reading.headings++
  if (reading.headings > HEADINGS_MAX)
    throw limitExceeded(`The text has more than ${inFull(HEADINGS_MAX)} headings; that is the limit.`)
  closeParagraph(reading)
  reading.isList = false
  reading.blocks.push(heading)
}

/** A heading's words without Markdown's marks. */
function plainHeading(title: string): string {
  const plain = title
    .replace(/!?\[([^\][]{0,400})\]\([^()]{0,400}\)/g, '$1')
    .replace(/\*\*|__|[`*]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
  return plain.length > HEADING_CHARS_MAX
    ? `${plain.slice(0, HEADING_CHARS_MAX - 1).trimEnd()}…`.toWellFormed()
    : plain
}

/** `---`, `* * *`, `=====`: nothing that is said. */
function isRule(line: string): boolean {
  if (line.length > HEADING_CHARS_MAX) return false
  const marks = line.replace(/\s/g, '')
  return marks.length >= 3 && '-*_=~—–'.includes(marks[0]!) && marks.replaceAll(marks[0]!, '') === ''
}

function readProse(reading: Reading, line: string, start: number, end: number) {
  const { open } = reading
  const item = LIST_ITEM.exec(line)
  const isItem = item !== null && (!open || reading.isList || item[1] === undefined || item[1] === '1')
  if (isItem) reading.isList = true
  const isPossible = !isItem && (!open || COLON.test(line.slice(0, HEAD_CHARS)))
  const turn = isPossible ? readTurn(line) : undefined
  const isMark = turn && (turn.evidence !== 'alone' || !open)
  if (open && !isItem && !isMark) {
    open.end = end
    open.goesOn = true
    return
  }
  const skipped = isItem ? item[0].length : open ? 0 : (QUOTE.exec(line)?.[0].length ?? 0)
  const isParagraph = !open || isItem
  reading.open = {
    kind: 'stretch',
    start: start + skipped,
    end,
    isParagraph,
    turn: isMark ? turn : undefined,
  }
  reading.blocks.push(reading.open)
}

function closeParagraph(reading: Reading) {
  reading.open = undefined
}
