import type { Pace } from '#src/pace.ts'
import { PASSAGE_CHARS_MAX } from './limits.ts'

type Span = { start: number; end: number }

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' })
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** A full stop after one of these, or after a single capital letter, does not end a sentence. */
const ABBREVIATION =
  /(?:^|[\s(])(?:\p{Lu}|Dr|Mrs?|Ms|Prof|St|Jr|Sra?|vs|etc|e\.g|i\.e|z\.\s?B|d\.\s?h|bzw|ca|N[ro]|Fig)\.\s*$/u
const ABBREVIATION_CHARS = 12

/**
 * Cuts a stretch into pieces of at most PASSAGE_CHARS_MAX UTF-16 code units, about equally long: at the
 * ends of sentences (Unicode UAX #29), inside a longer sentence at line breaks or white space, and where
 * there is none between two graphemes. Only a grapheme that is itself too long is cut, between code points.
 */
export async function splitLong(text: string, span: Span, pace: Pace): Promise<Span[]> {
  const whole = trimSpan(text, span)
  if (!whole) return []
  const length = whole.end - whole.start
  if (length <= PASSAGE_CHARS_MAX) return [whole]

  const goal = length / Math.ceil(length / PASSAGE_CHARS_MAX)
  const pieces: Span[] = []
  let start = whole.start
  let end = whole.start
  for (const sentenceEnd of sentenceEnds(text.slice(whole.start, whole.end))) {
    await pace()
    const next = whole.start + sentenceEnd
    if (next - start > PASSAGE_CHARS_MAX && end > start) {
      pieces.push({ start, end })
      start = end
    }
    while (next - start > PASSAGE_CHARS_MAX) {
      const cut = cutInside(text, start)
      pieces.push({ start, end: cut })
      start = cut
    }
    end = next
    if (end - start >= goal) {
      pieces.push({ start, end })
      start = end
    }
  }
  pieces.push({ start, end: whole.end })
  return pieces.flatMap((piece) => trimSpan(text, piece) ?? [])
}

/** Moves both ends inwards past white space (as String.trim knows it); undefined when nothing is left. */
function trimSpan(text: string, { start, end }: Span): Span | undefined {
  const words = text.slice(start, end).trimStart()
  const trimmedStart = end - words.length
  const trimmedEnd = trimmedStart + words.trimEnd().length
  return trimmedEnd > trimmedStart ? { start: trimmedStart, end: trimmedEnd } : undefined
}

/** A single line break is white space here: paragraphs may be wrapped by hand. */
function* sentenceEnds(paragraph: string) {
  const flat = paragraph.replaceAll('\n', ' ')
  for (const { index, segment } of sentences.segment(flat)) {
    const end = index + segment.length
    if (end === flat.length || !ABBREVIATION.test(segment.slice(-ABBREVIATION_CHARS))) yield end
  }
}

/** Where to cut a stretch that begins at `start` and has no end of sentence within reach. */
function cutInside(text: string, start: number): number {
  const reach = text.slice(start, start + PASSAGE_CHARS_MAX)
  const lineBreak = reach.lastIndexOf('\n')
  if (lineBreak > PASSAGE_CHARS_MAX / 2) return start + lineBreak
  const space = /\s\S*$/.exec(reach.slice(-PASSAGE_CHARS_MAX / 2))
  if (space) return start + PASSAGE_CHARS_MAX / 2 + space.index
  return start + lastGraphemeEnd(text.slice(start, start + PASSAGE_CHARS_MAX + 16))
}

function lastGraphemeEnd(window: string): number {
  let last = 0
  for (const { index } of graphemes.segment(window)) if (index <= PASSAGE_CHARS_MAX) last = index
  if (last > 0) return last
  const isPair = window.charCodeAt(PASSAGE_CHARS_MAX - 1) >> 10 === 0b110110
  return isPair ? PASSAGE_CHARS_MAX - 1 : PASSAGE_CHARS_MAX
}
