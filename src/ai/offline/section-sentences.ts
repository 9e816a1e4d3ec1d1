import type { Analysis, Sentence } from '#src/ai/offline/analysis.ts'
import { sentencesOf } from '#src/ai/offline/centrality.ts'
import { selectSentences } from '#src/ai/offline/select.ts'
import { sectionTaste } from '#src/ai/offline/tastes.ts'
import type { Tone } from '#src/ai/schemas.ts'
import type { Pace } from '#src/pace.ts'

/** The sentences that a section of about `words` words is written with, in reading order. */
export function sectionSentences(
  analysis: Analysis,
  passages: readonly number[],
  { words, tone = 'neutral' }: { words: number; tone?: Tone },
  pace: Pace,
): Promise<Sentence[]> {
  const order = { words, tone, taste: sectionTaste(analysis) }
  return selectSentences(analysis, sentencesOf(analysis, passages), order, pace)
}
