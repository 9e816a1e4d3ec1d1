import { createPace, type Pace } from '#src/pace.ts'
import { tooManyPassages } from '#src/sources/blocks.ts'
import type { ImportedSource, PassageSpan } from '#src/sources/importer.ts'
import { PASSAGE_CHARS_MAX, PASSAGES_MAX } from '#src/sources/limits.ts'
import { splitLong } from '#src/sources/split-long.ts'
import { normalizeText, storableText } from '#src/sources/storable-text.ts'
import { UNSPACED_SCRIPTS } from '#src/unspaced.ts'
import { readSpeech, type Speech } from './caption-speech.ts'
import { readCaptions } from './captions.ts'
import { dropRepeats } from './rolling-captions.ts'

const PAUSE_MAX_MS = 2_000
/** A paragraph this long ends with the next sentence. */
const PARAGRAPH_CHARS = 500

const SENTENCE_END = /[.!?…。！？]["'”’)»\]]?$/
const UNSPACED_END = new RegExp(`[${UNSPACED_SCRIPTS}。、！？ー]$`, 'u')
const UNSPACED_START = new RegExp(`^[${UNSPACED_SCRIPTS}。、！？ー]`, 'u')

/**
 * A transcript made of captions. Captions are joined into paragraphs that end where the speaker changes, at a
 * pause over 2 seconds, and at the end of a sentence once they are about 500 characters long. The text has
 * each speaker's name where that speaker begins, and no times: those are in the passages, to the millisecond.
 */
export async function readCaptionText(
  raw: string,
  options: { blankLinesInside: boolean },
): Promise<ImportedSource> {
  const pace = createPace()
  const captions = await readCaptions(normalizeText(raw), { ...options, pace })
  const paragraphs = await joinSpeech(await readSpeech(dropRepeats(captions), pace), pace)
  if (paragraphs.length > PASSAGES_MAX) throw tooManyPassages()
  return writeText(paragraphs, pace)
}

async function joinSpeech(speeches: Speech[], pace: Pace): Promise<Speech[]> {
  const paragraphs: Speech[] = []
  for (const speech of speeches) {
    await pace()
    const open = paragraphs.at(-1)
    if (!open || beginsParagraph(open, speech)) {
      paragraphs.push({ ...speech })
    } else {
      open.text += gapBetween(open.text, speech.text) + speech.text
      open.endMs = Math.max(open.endMs, speech.endMs)
    }
  }
  return paragraphs
}

function beginsParagraph(open: Speech, next: Speech): boolean {
  if (next.isTurn || next.startMs - open.endMs > PAUSE_MAX_MS) return true
  if (open.text.length >= PARAGRAPH_CHARS && SENTENCE_END.test(open.text.slice(-3))) return true
  return open.text.length + 1 + next.text.length > PASSAGE_CHARS_MAX
}

function gapBetween(before: string, after: string): string {
  return UNSPACED_END.test(before.slice(-2)) && UNSPACED_START.test(after.slice(0, 2)) ? '' : ' '
}

async function writeText(paragraphs: Speech[], pace: Pace): Promise<ImportedSource> {
  const pieces: string[] = []
  const starts: number[] = []
  let length = 0
  let before: string | undefined
  for (const { text, speaker } of paragraphs) {
    const label = speaker !== undefined && speaker !== before ? `${speaker}: ` : ''
    before = speaker
    const gap = pieces.length > 0 ? '\n\n' : ''
    starts.push(length + gap.length + label.length)
    pieces.push(gap + label + text)
    length += gap.length + label.length + text.length
  }
  const text = storableText(pieces.join(''))
  const passages: PassageSpan[] = []
  for (const [at, { text: words, speaker, startMs }] of paragraphs.entries()) {
    const start = starts[at]!
    for (const span of await splitLong(text, { start, end: start + words.length }, pace))
      passages.push({ ...span, ...(speaker === undefined ? {} : { speaker }), timeMs: startMs })
  }
  return { text, passages }
}
