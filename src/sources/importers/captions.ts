import { AppError, limitExceeded } from '#src/errors.ts'
import type { Breather } from '#src/sources/breathe.ts'
import { CAPTIONS_MAX } from '#src/sources/limits.ts'
import { parseTime, TIME } from '#src/sources/timestamps.ts'

/** One line of a caption as it is read out; `voice` is the speaker that the file itself names. */
export type CaptionLine = { text: string; voice?: string }
export type Caption = { startMs: number; endMs: number; lines: CaptionLine[] }

type Reading = {
  captions: { startMs: number; endMs: number; lines: string[] }[]
  isOpen: boolean
  /** Lines after a blank one: text of the caption before, or the number or name of the next. */
  held: string[]
}

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
export async function readCaptions(text: string, options: { blankLinesInside: boolean; breathe: Breather }) {
  const reading: Reading = { captions: [], isOpen: false, held: [] }
  for (let start = 0; start < text.length; ) {
    if (options.breathe.isDue()) await options.breathe.now()
    const lineBreak = text.indexOf('\n', start)
    const end = lineBreak < 0 ? text.length : lineBreak
    readLine(reading, text.slice(start, end), options.blankLinesInside)
    start = end + 1
  }
  if (reading.captions.length === 0)
    throw new AppError(
      'unreadable_file',
      'The file has no captions: no line like 00:00:01,000 --> 00:00:02,500.',
    )
  if (options.blankLinesInside) reading.captions.at(-1)!.lines.push(...reading.held)
  return reading.captions.map((caption): Caption => ({ ...caption, lines: cleanLines(caption.lines) }))
}

function readLine(reading: Reading, line: string, blankLinesInside: boolean) {
  const timing = TIMING.exec(line.slice(0, 100))
  const startMs = timing ? parseTime(timing[1]!) : undefined
  if (startMs === undefined) {
    if (line.trim() === '') reading.isOpen = false
    else if (reading.isOpen) reading.captions.at(-1)!.lines.push(line)
    else reading.held.push(line)
    return
  }
  const { captions, held } = reading
  dropNumber(reading)
  if (blankLinesInside) captions.at(-1)?.lines.push(...held)
  if (captions.length >= CAPTIONS_MAX)
    throw limitExceeded(
      `The file has more than ${CAPTIONS_MAX.toLocaleString('en')} captions; that is the limit.`,
    )
  captions.push({ startMs, endMs: Math.max(startMs, parseTime(timing![2]!) ?? startMs), lines: [] })
  reading.isOpen = true
  reading.held = []
}

/** The line above a timing may be the caption's number: after a blank line any, else only the one that is due. */
function dropNumber({ captions, isOpen, held }: Reading) {
  if (!isOpen) {
    if (/^\s*\d{1,9}\s*$/.test(held.at(-1) ?? '')) held.pop()
    return
  }
  const lines = captions.at(-1)!.lines
  const last = (lines.at(-1) ?? '').trim()
  if (last === String(captions.length + 1) || last === String(captions.length)) lines.pop()
}

/** Lines without tags (`<i>`, `<00:00:01.000><c>`, `{\an8}`); a voice lasts until the next or the caption's end. */
function cleanLines(lines: string[]): CaptionLine[] {
  let voice: string | undefined
  const clean: CaptionLine[] = []
  for (const line of lines) {
    const parts = line.split(VOICE)
    for (const [at, part] of parts.entries()) {
      if (at % 2 === 1) voice = plainText(part) || undefined
      else if (plainText(part) !== '') clean.push({ text: plainText(part), voice })
    }
  }
  return clean
}

function plainText(marked: string): string {
  return marked
    .replace(TAG, '')
    .replace(ENTITY, (_, name: string) => ENTITIES[name] ?? "'")
    .replace(/\s+/g, ' ')
    .trim()
}
