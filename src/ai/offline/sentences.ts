import { sentenceStarts } from '#src/ai/offline/cut-unpunctuated.ts'
import type { Language } from '#src/ai/offline/languages/language.ts'
import { isUnspaced, segmenterOf } from '#src/ai/offline/words.ts'

/** What a transcript notes that nobody said: `[laughter]`. */
export const STAGE_DIRECTION =
  /[[(](?:laugh\w*|applause|music|cheering|silence|noise|cough\w*|sighs?|pause|gelächter|lacht|lachen|applaus|beifall|rires|risas)[\])]/giu

/** A stretch of a passage, in UTF-16 offsets within it. */
export type Span = { start: number; end: number }

/** Longer than this is no sentence but missing punctuation, and is cut at the next best place. */
const SENTENCE_CHARS_MAX = 480
const SENTENCE_CHARS_MAX_UNSPACED = 180
/** Captions often have no punctuation at all: they are cut before a linking word. */
const UNPUNCTUATED_CHARS_MAX = 220
/** The segmenter sees a passage in windows, so that a passage of a megabyte is no burden. */
const WINDOW_CHARS = 4_000

/**
 * Splits a passage into sentences by Unicode's rules (UAX 29), repaired after abbreviations and initials.
 * One by one, so that a long passage can be read in slices. A single line break does not end a sentence, an empty line or a list item does.
 */
export function* splitSentences(text: string, language: Language): Generator<Span> {
  for (const block of blocksOf(text)) {
    for (const span of sentencesOf(text, block, language)) {
      const trimmed = trim(text, span)
      if (trimmed) yield* cutLong(text, trimmed, language)
    }
  }
}

function* blocksOf(text: string): Generator<Span> {
  let start = 0
  for (const match of text.matchAll(/\n[ \t]*(?:\n|(?=[-*+•][ \t]|\d{1,3}[.)][ \t]))/g)) {
    yield* windowsOf(text, { start, end: match.index })
    start = match.index + match[0].length
  }
  yield* windowsOf(text, { start, end: text.length })
}

function* windowsOf(text: string, block: Span): Generator<Span> {
  let start = block.start
  while (block.end - start > WINDOW_CHARS) {
    const cut = cutBefore(text, start, start + WINDOW_CHARS)
    yield { start, end: cut }
    start = cut
  }
  yield { start, end: block.end }
}

function sentencesOf(text: string, block: Span, language: Language): Span[] {
  // The segmenter takes every line break for an end, and none before `[laughter]`; spaces of the same length do.
  const flat = text
    .slice(block.start, block.end)
    .replace(/[\r\n\t\u0085\u2028\u2029]/g, ' ')
    .replace(STAGE_DIRECTION, (noise) => ' '.repeat(noise.length))
  const spans: Span[] = []
  let start = -1
  for (const { segment, index } of segmenterOf(language.tag, 'sentence').segment(flat)) {
    if (start < 0) start = index
    const end = index + segment.length
    if (end < flat.length && continues(flat, start, end, language)) continue
    spans.push({ start: block.start + start, end: block.start + end })
    start = -1
  }
  return spans
}

/** Whether what ends here is an abbreviation, an initial, or goes on in lower case. */
function continues(flat: string, start: number, end: number, language: Language): boolean {
  const head = flat.slice(Math.max(start, end - 40), end).trimEnd()
  if (/[.…]$/.test(head) && /^[("'“‘«]?\p{Ll}/u.test(flat.slice(end, end + 2)))
    return !isUnspaced(language.tag)
  if (!head.endsWith('.')) return false
  // `Generation Z. The next`: a stop word with a capital begins a sentence, whatever stands before it.
  const nextWord = flat.slice(end, end + 24).match(/^["“‘«(]*(\p{Lu}[\p{L}'’]*)/u)?.[1]
  if (nextWord && language.stopWords.has(nextWord.toLowerCase())) return false
  const lastWord = head
    .slice(0, -1)
    .split(/[\s(“"'‘«]/)
    .at(-1)!
    .toLowerCase()
  if (/^\p{L}$/u.test(lastWord)) return lastWord !== 'i'
  if (language.tag === 'de' && /^\d{1,2}$/.test(lastWord)) return true
  return language.abbreviations.has(lastWord)
}

function trim(text: string, span: Span): Span | undefined {
  let { start, end } = span
  while (start < end && /\s/.test(text[start]!)) start++
  while (end > start && /\s/.test(text[end - 1]!)) end--
  return end > start ? { start, end } : undefined
}

function cutLong(text: string, span: Span, language: Language): Span[] {
  if (!isUnspaced(language.tag) && isUnpunctuated(text, span)) {
    return cutAtLinks(text, span, language).flatMap((piece) => cutToLength(text, piece, SENTENCE_CHARS_MAX))
  }
  return cutToLength(text, span, isUnspaced(language.tag) ? SENTENCE_CHARS_MAX_UNSPACED : SENTENCE_CHARS_MAX)
}

function cutToLength(text: string, span: Span, limit: number): Span[] {
  const pieces: Span[] = []
  let start = span.start
  while (span.end - start > limit) {
    const cut = cutBefore(text, start, start + limit)
    const piece = trim(text, { start, end: cut })
    if (piece) pieces.push(piece)
    start = cut
  }
  const rest = trim(text, { start, end: span.end })
  if (rest) pieces.push(rest)
  return pieces
}

function isUnpunctuated(text: string, { start, end }: Span): boolean {
  return end - start > UNPUNCTUATED_CHARS_MAX && !/[.,;:!?…]\s/.test(text.slice(start, end))
}

function cutAtLinks(text: string, span: Span, language: Language): Span[] {
  const starts = sentenceStarts(text.slice(span.start, span.end), language).map((at) => span.start + at)
  return [span.start, ...starts].flatMap(
    (start, at) => trim(text, { start, end: starts[at] ?? span.end }) ?? [],
  )
}

/** The best place to cut in the second half of `start..limit`: a sentence's end, a clause's, a space, anywhere. */
function cutBefore(text: string, start: number, limit: number): number {
  const half = start + Math.floor((limit - start) / 2)
  const zone = text.slice(half, limit)
  for (const pattern of [/[.!?。！？][\s"”’)]/g, /[;:,、，；—]/g, /\s/g]) {
    let last = -1
    for (const match of zone.matchAll(pattern)) last = match.index + match[0].length
    if (last > 0) return half + last
  }
  const code = text.charCodeAt(limit)
  return code >= 0xdc00 && code <= 0xdfff ? limit - 1 : limit
}
