import type { Analysis } from '#src/ai/offline/analysis.ts'
import { shareWords } from '#src/ai/offline/lengths.ts'
import { sectionTaste, subjectTerms } from '#src/ai/offline/tastes.ts'
import { writableWords } from '#src/ai/offline/units.ts'
import type { Chapter, Outline } from '#src/ai/schemas.ts'

const NEAREST_MAX = 8

/**
 * Gives each section of an outline its passages: those it names, or those nearest to its heading when a
 * person added it by hand. With `words`, divides them anew between the sections.
 */
export function assignPassages(outline: Outline, analysis: Analysis, words?: number): Chapter[] {
  const places = new Map(analysis.passages.map(({ id }, at) => [id, at]))
  const chapters = outline.sections.map((section) => {
    const known = section.passageIds.filter((id) => places.has(id))
    return { ...section, passageIds: known.length > 0 ? known : nearestPassages(section.heading, analysis) }
  })
  if (words === undefined) return chapters
  const sizes = chapters.map(({ passageIds }) =>
    writableWords(
      analysis,
      passageIds.map((id) => places.get(id)!),
    ),
  )
  const lengths = shareWords(sizes, words)
  return chapters.map((chapter, at) => ({ ...chapter, words: lengths[at]! }))
}

/** The passages that share the most telling words with a heading, in reading order; all when none does. */
function nearestPassages(heading: string, analysis: Analysis): string[] {
  const { weights } = sectionTaste(analysis)
  const subject = subjectTerms(analysis, heading)
  const scored = analysis.passages.map(({ from, to }, at) => {
    let score = 0
    let terms = 1
    for (const sentence of analysis.sentences.slice(from, to)) {
      terms += sentence.terms.length
      for (const term of sentence.terms) if (subject.has(term)) score += weights[term]!
    }
    return { at, score: score / Math.sqrt(terms) }
  })
  const near = scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, NEAREST_MAX)
  const chosen = near.length > 0 ? near.sort((a, b) => a.at - b.at) : scored
  return chosen.map(({ at }) => analysis.passages[at]!.id)
}
