import { AppError, limitExceeded } from '#src/errors.ts'
import type { Pace } from '#src/pace.ts'
import { inFull } from '#src/sources/in-full.ts'
import { CAPTIONS_MAX, LINE_CHARS_MAX } from '#src/sources/limits.ts'
import { lineTooLong } from '#src/sources/storable-text.ts'
import { parseTime, TIME } from '#src/sources/timestamps.ts'

/** One line of a caption as it is read out; `voice` is the speaker that the file itself names. */
export type CaptionLine = { text: string; voice?: string }
export type Caption = { startMs: number; endMs: number; lines: CaptionLine[] }

type Reading = {
  captions: Caption[]
  /** False after a blank line, which ends a WebVTT caption. */
  isOpen: boolean
  /** The last line when it is a number alone: perhaps that of the caption to come. */
  number?: { value: number; isAfterBlank: boolean }
  voice?: string
}

const TIMING_CHARS_MAX = 100
const TIMING = new RegExp(String.raw`^\s*(${TIME})\s*-->\s*(${TIME})`)
const VOICE = /<v(?:\.[^\s<>]{0,60})?\s+([^<>]{1,100})>/
const TAG = /<\/?(?:[a-z][^<>]{0,200}|\d[\d:.]{0,20})>|\{\\[^{}]{0,60}\}/gi
const ENTITY = /&(amp|lt|gt|nbsp|lrm|rlm|quot|apos|#39|#x27);/g
const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: ' ',
  lrm: '',
  rlm: '',
  quot: '"',
}

/**
 * Reads SubRip or WebVTT (https://www.w3.org/TR/webvtt1/), leniently: numbers and hours may be missing, a
 * comma or a point may stand before the milliseconds. Comments, styles and regions of WebVTT are no captions.
 * In SubRip (`blankLinesInside`) a blank line does not end a caption. `unreadable_file` when there is none.
 */
export async function readCaptions(text: string, options: { blankLinesInside: boolean; pace: Pace }) {
  const reading: Reading = { captions: [], isOpen: false }
  for (let start = 0; start < text.length; ) {
    await options.pace()
    const lineBreak = text.indexOf('\n', start)
    const end = lineBreak < 0 ? text.length : lineBreak
    if (end - start > LINE_CHARS_MAX) throw lineTooLong(end - start)
    readLine(reading, text.slice(start, end), options.blankLinesInside)
    start = end + 1
  }
  if (reading.captions.length === 0)
    throw new AppError(
      'unreadable_file',
      'The file has no captions: no line like 00:00:01,000 --> 00:00:02,500.',
    )
  return reading.captions
}

function readLine(reading: Reading, line: string, blankLinesInside: boolean) {
  const timing = TIMING.exec(line.slice(0, TIMING_CHARS_MAX))
  const startMs = timing ? parseTime(timing[1]!) : undefined
  if (startMs !== undefined) {
    beginCaption(reading, startMs, parseTime(timing![2]!))
  } else if (blankLinesInside ? line.trim() === '' : line === '') {
    reading.isOpen = false
  } else if (reading.isOpen || blankLinesInside) {
    addLine(reading, line)
  }
}

function beginCaption(reading: Reading, startMs: number, endMs = startMs) {
  const { captions, number } = reading
  const due = captions.length + 1
  if (number && (number.isAfterBlank || number.value === due || number.value === due - 1))
    captions.at(-1)?.lines.pop()
  if (captions.length >= CAPTIONS_MAX)
    throw limitExceeded(`The file has more than ${inFull(CAPTIONS_MAX)} captions; that is the limit.`)
  captions.push({ startMs, endMs: Math.max(startMs, endMs), lines: [] })
  Object.assign(reading, { isOpen: true, number: undefined, voice: undefined })
}

/** Adds a line without its tags (`<i>`, `<00:00:01.000><c>`, `{\an8}`); a voice lasts until the next one. */
function addLine(reading: Reading, line: string) {
  const isNumber = /^\s*\d{1,9}\s*$/.test(line)
  reading.number = isNumber ? { value: Number(line), isAfterBlank: !reading.isOpen } : undefined
  reading.isOpen = true
  for (const [at, part] of line.split(VOICE).entries()) {
    const text = plainText(part)
    if (at % 2 === 1) reading.voice = text || undefined
    else if (text !== '') reading.captions.at(-1)?.lines.push({ text, voice: reading.voice })
  }
}

function plainText(marked: string): string {
  return marked
    .replace(TAG, '')
    .replace(ENTITY, (_, name: string) => ENTITIES[name] ?? "'")
    .replace(/\s+/g, ' ')
    .trim()
}
