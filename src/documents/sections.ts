import { letterPairs, sharedCounts, wordSet } from './similarity.ts'

const BODY_WEIGHT = 0.6
const TITLE_WEIGHT = 0.4
/** Below the score of a section that kept only its title, above that of two with the same subject. */
const SCORE_MIN = 0.35

export type TitledText = { heading: string; markdown: string }
export type IdentifiedText = TitledText & { id: string }

/**
 * Gives each of `next` the id of the section it was in `previous`, or a new one. Ids survive renaming,
 * reordering and rewriting under the same title; of a split or merged section, the part most like the old
 * one keeps the id.
 *
 * Unchanged sections first; the rest one to one, best score first, by 0.6 · Jaccard(words of the bodies) +
 * 0.4 · Dice(letter pairs of the titles). Equal scores go to the earlier section, so the result is
 * determined.
 */
export function carryIds(previous: IdentifiedText[], next: TitledText[], newId: () => string): string[] {
  const ids = new Array<string | undefined>(next.length)
  const left = matchExactly(previous, next, ids)
  const open = next.flatMap((section, index) => (ids[index] === undefined ? [{ section, index }] : []))
  const taken = new Set<number>()
  for (const { from, to } of rankedPairs(
    left,
    open.map(({ section }) => section),
  )) {
    const { index } = open[to]!
    if (taken.has(from) || ids[index] !== undefined) continue
    taken.add(from)
    ids[index] = left[from]!.id
  }
  return Array.from(ids, (id) => id ?? newId())
}

/** Fills in the ids of unchanged sections and returns the previous sections that are left. */
function matchExactly(previous: IdentifiedText[], next: TitledText[], ids: (string | undefined)[]) {
  const waiting = new Map<string, number[]>()
  next.forEach((section, index) => {
    const key = `${section.heading}\n${section.markdown}`
    const indexes = waiting.get(key)
    if (indexes) indexes.push(index)
    else waiting.set(key, [index])
  })
  for (const indexes of waiting.values()) indexes.reverse()
  return previous.filter((section) => {
    const index = waiting.get(`${section.heading}\n${section.markdown}`)?.pop()
    if (index === undefined) return true
    ids[index] = section.id
    return false
  })
}

type Pair = { from: number; to: number; score: number }

function rankedPairs(previous: TitledText[], next: TitledText[]): Pair[] {
  const bodies = [previous.map(bodyWords), next.map(bodyWords)] as const
  const titles = [previous.map(titlePairs), next.map(titlePairs)] as const
  const sharedBody = sharedCounts(...bodies)
  const sharedTitle = sharedCounts(...titles)
  const pairs: Pair[] = []
  for (let from = 0; from < previous.length; from++) {
    for (let to = 0; to < next.length; to++) {
      const cell = from * next.length + to
      const titleSizes = titles[0][from]!.size + titles[1][to]!.size
      const title = titleSizes === 0 ? 0 : (2 * sharedTitle[cell]!) / titleSizes
      const bodySizes = bodies[0][from]!.size + bodies[1][to]!.size
      const body = bodySizes === 0 ? title : sharedBody[cell]! / (bodySizes - sharedBody[cell]!)
      const score = BODY_WEIGHT * body + TITLE_WEIGHT * title
      if (score >= SCORE_MIN) pairs.push({ from, to, score })
    }
  }
  return pairs.sort((a, b) => b.score - a.score || a.from - b.from || a.to - b.to)
}

const titlePairs = (section: TitledText) => letterPairs(section.heading)

/** The words below the heading line, which the title's part of the score already counts. */
function bodyWords({ heading, markdown }: TitledText): Set<string> {
  const lineEnd = markdown.search(/[\r\n]/)
  const headed = heading !== '' && /^(?: {0,3}#)/.test(markdown)
  return wordSet(headed ? (lineEnd < 0 ? '' : markdown.slice(lineEnd)) : markdown)
}
