import type { Analysis } from '#src/ai/offline/analysis.ts'
import { sentencesOf } from '#src/ai/offline/centrality.ts'
import { shareWords } from '#src/ai/offline/lengths.ts'
import { sectionTaste, subjectTerms } from '#src/ai/offline/tastes.ts'
import { writableSizes } from '#src/ai/offline/units.ts'
import type { Chapter, Outline } from '#src/ai/schemas.ts'
import type { Pace } from '#src/pace.ts'

const NEAREST_MAX = 8

/**
 * Gives each section of an outline its passages: those it names, or those nearest to its heading when a
 * person added it by hand. With `words`, divides them anew between the sections.
 */
export async function assignPassages(
  outline: Outline,
  analysis: Analysis,
  { words, pace }: { words?: number; pace: Pace },
): Promise<Chapter[]> {
  const places = new Map(analysis.passages.map(({ id }, at) => [id, at]))
  const chapters: Chapter[] = []
  for (const section of outline.sections) {
    const known = section.passageIds.filter((id) => places.has(id))
    const passageIds = known.length > 0 ? known : await nearestPassages(section.heading, analysis, pace)
    chapters.push({ ...section, passageIds })
  }
  if (words === undefined) return chapters
  const stretches = chapters.map(({ passageIds }) => passageIds.map((id) => places.get(id)!))
  const lengths = shareWords(await writableSizes(analysis, stretches, pace), words)
  return chapters.map((chapter, at) => ({ ...chapter, words: lengths[at]! }))
}

/** The passages that share the most telling words with a heading, in reading order; all when none does. */
async function nearestPassages(heading: string, analysis: Analysis, pace: Pace): Promise<string[]> {
  const { weights } = sectionTaste(analysis)
  const subject = subjectTerms(analysis, heading)
  const scored: { at: number; score: number }[] = []
  for (const at of analysis.passages.keys()) {
    await pace()
    let score = 0
    let terms = 1
    for (const sentence of sentencesOf(analysis, [at])) {
      terms += sentence.terms.length
      for (const term of sentence.terms) if (subject.has(term)) score += weights[term]!
    }
    scored.push({ at, score: score / Math.sqrt(terms) })
  }
  const near = scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, NEAREST_MAX)
  const chosen = near.length > 0 ? near.sort((a, b) => a.at - b.at) : scored
  return chosen.map(({ at }) => analysis.passages[at]!.id)
}
