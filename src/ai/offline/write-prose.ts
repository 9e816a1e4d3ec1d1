import type { Analysis, Passage, Sentence } from '#src/ai/offline/analysis.ts'
import { sentenceGap } from '#src/ai/offline/words.ts'
import type { Citation, CitedMarkdown } from '#src/ai/schemas.ts'
import { escapeMarkdown } from '#src/escape-markdown.ts'

const PARAGRAPH_SENTENCES_MAX = 5
/** Sentences of different passages share a paragraph up to here. */
const PARAGRAPH_SENTENCES_MIXED = 2
const PARAGRAPH_SENTENCES_MERGED = 4
/** Who speaks so much of the time need not be named again and again. */
const MAIN_SHARE_MIN = 0.6

export type ProsePiece = { text: string; citation: Citation }

/**
 * Sets paragraphs of chosen sentences, each sentence followed by its footnote marker. The pieces joined are
 * the Markdown. `nameVoices` says to name who speaks wherever the voice changes.
 */
export function writeProse(
  analysis: Analysis,
  paragraphs: readonly Sentence[][],
  { nameVoices }: { nameVoices: boolean },
): ProsePiece[] {
  const pieces: ProsePiece[] = []
  let voice: string | undefined
  for (const paragraph of paragraphs) {
    const { speaker } = analysis.passages[paragraph[0]!.passage]!
    const label = nameVoices && speaker && speaker !== voice ? `**${escapeMarkdown(speaker, false)}:** ` : ''
    voice = speaker
    for (const [at, sentence] of paragraph.entries()) {
      const gap = at > 0 ? sentenceGap(analysis.language.tag) : pieces.length > 0 ? '\n\n' : ''
      const opens = at === 0 && label === ''
      const prose = textOf(sentence, paragraph[at - 1])
      const citation = cite(analysis.passages[sentence.passage]!, sentence, String(pieces.length + 1))
      const text = `${gap}${at === 0 ? label : ''}${escapeMarkdown(prose, opens)}[^${citation.marker}]`
      pieces.push({ text, citation })
    }
  }
  return pieces
}

/**
 * Whether readers need to be told who speaks in a section: where several do, where it is not the one who
 * speaks most of the time, and where that one comes in.
 */
export function needsVoices(
  analysis: Analysis,
  chosen: readonly Sentence[],
  passages: readonly number[],
): boolean {
  if (analysis.voices < 2) return false
  const { mainSpeaker, mainShare } = analysis
  if (mainShare < MAIN_SHARE_MIN) return true
  if (chosen.some(({ passage }) => analysis.passages[passage]!.speaker !== mainSpeaker)) return true
  return passages.includes(analysis.passages.findIndex(({ speaker }) => speaker === mainSpeaker))
}

/** The sentence as it follows the one before it, when that one stands right before it in the source. */
function textOf(sentence: Sentence, before: Sentence | undefined): string {
  return before?.index === sentence.index - 1 ? (sentence.joined ?? sentence.text) : sentence.text
}

/** Groups chosen sentences into paragraphs of one voice, two to five sentences where it can. */
export function paragraphsOf(analysis: Analysis, chosen: readonly Sentence[]): Sentence[][] {
  const paragraphs: Sentence[][] = []
  for (const sentence of chosen) {
    const open = paragraphs.at(-1)
    if (open && joins(analysis, open, sentence)) open.push(sentence)
    else paragraphs.push([sentence])
  }
  return mergeSingles(analysis, paragraphs)
}

function joins(analysis: Analysis, paragraph: readonly Sentence[], sentence: Sentence): boolean {
  const last = paragraph.at(-1)!
  if (!sameVoice(analysis, last, sentence)) return false
  if (sentence.needs === last.index) return true
  if (last.passage === sentence.passage) return paragraph.length < PARAGRAPH_SENTENCES_MAX
  return paragraph.length < PARAGRAPH_SENTENCES_MIXED
}

function mergeSingles(analysis: Analysis, paragraphs: readonly Sentence[][]): Sentence[][] {
  const merged: Sentence[][] = []
  for (const paragraph of paragraphs) {
    const before = merged.at(-1)
    const fits = before && before.length + paragraph.length <= PARAGRAPH_SENTENCES_MERGED
    const lonely = paragraph.length === 1 || before?.length === 1
    if (fits && lonely && sameVoice(analysis, before[0]!, paragraph[0]!)) before.push(...paragraph)
    else merged.push([...paragraph])
  }
  return merged
}

function sameVoice(analysis: Analysis, a: Sentence, b: Sentence): boolean {
  const first = analysis.passages[a.passage]!
  const second = analysis.passages[b.passage]!
  return first.source === second.source && first.speaker === second.speaker
}

function cite(passage: Passage, sentence: Sentence, marker: string): Citation {
  return {
    marker,
    sourceId: passage.sourceId,
    passageId: passage.id,
    start: passage.start + sentence.start,
    end: passage.start + sentence.end,
    quote: passage.text.slice(sentence.start, sentence.end),
    ...(passage.speaker === undefined ? {} : { speaker: passage.speaker }),
    ...(passage.timeMs === undefined ? {} : { time: clock(passage.timeMs) }),
  }
}

function clock(timeMs: number): string {
  const seconds = Math.max(0, Math.floor(timeMs / 1000))
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}

export function joinPieces(pieces: readonly ProsePiece[]): CitedMarkdown {
  return {
    markdown: pieces.map(({ text }) => text).join(''),
    citations: pieces.map(({ citation }) => citation),
  }
}
