import type { Analysis } from '#src/ai/offline/analysis.ts'

/** A stretch of passages (indices in the analysis); `heading` is empty until one is found for it. */
export type Section = { heading: string; level: number; passages: number[] }

const HEADING_LEVEL_DEFAULT = 2
/** More headings than this are first joined in even groups: the careful way takes the square of their number. */
const SECTIONS_WEIGHED_MAX = 200

/** Sections under the source's own headings; undefined when it has fewer than two. */
export function ownSections(analysis: Analysis): Section[] | undefined {
  const sections: Section[] = []
  let source = -1
  for (const [at, passage] of analysis.passages.entries()) {
    if (passage.from === passage.to) continue
    const heading = passage.heading === analysis.titles[passage.source] ? '' : (passage.heading?.trim() ?? '')
    const last = sections.at(-1)
    if (last && source === passage.source && last.heading === heading) last.passages.push(at)
    else sections.push({ heading, level: passage.headingLevel ?? HEADING_LEVEL_DEFAULT, passages: [at] })
    source = passage.source
  }
  return sections.filter(({ heading }) => heading !== '').length >= 2 ? sections : undefined
}

type Sized = Section & { words: number }

/** Joins sections with their neighbours while there are more than `countMax`, or one has too few words. */
export function mergeSections(sections: readonly Sized[], countMax: number, wordsMin: number): Section[] {
  const merged = joinGroups(sections, Math.ceil(sections.length / SECTIONS_WEIGHED_MAX))
  while (merged.length > 1) {
    const least = leastOf(merged)
    if (merged.length <= countMax && merged.every(({ words }) => words >= wordsMin)) break
    const first = merged.length <= countMax ? shortestOf(merged) : least
    const left = joinsLeft(merged, first) ? first - 1 : first
    merged.splice(left, 2, join(merged[left]!, merged[left + 1]!))
  }
  return merged
}

function joinGroups(sections: readonly Sized[], size: number): Sized[] {
  const groups: Sized[] = []
  for (let at = 0; at < sections.length; at += size) {
    groups.push(sections.slice(at, at + size).reduce(join))
  }
  return groups
}

/** The section to give up first: of the deepest level, the shortest. */
function leastOf(sections: readonly Sized[]): number {
  const deepest = Math.max(...sections.map(({ level }) => level))
  const candidates = sections.flatMap(({ level }, at) => (level === deepest && at > 0 ? [at] : []))
  if (candidates.length === 0) return shortestOf(sections)
  return candidates.reduce((a, b) => (sections[b]!.words < sections[a]!.words ? b : a))
}

function shortestOf(sections: readonly Sized[]): number {
  return sections.reduce((least, { words }, at) => (words < sections[least]!.words ? at : least), 0)
}

/** A subsection joins what it stands under; others the shorter neighbour. */
function joinsLeft(sections: readonly Sized[], at: number): boolean {
  const [before, self, after] = [sections[at - 1], sections[at]!, sections[at + 1]]
  if (!before || !after) return before !== undefined
  if (before.level !== after.level) return before.level < self.level || after.level < self.level
  return before.words <= after.words
}

function join(first: Sized, second: Sized): Sized {
  const kept = first.heading && (first.level < second.level || first.words >= second.words) ? first : second
  return {
    heading: kept.heading || first.heading,
    level: Math.min(first.level, second.level),
    passages: [...first.passages, ...second.passages],
    words: first.words + second.words,
  }
}
