import type { Heading, Stretch } from '#src/sources/blocks.ts'
import type { Turn } from '#src/sources/turns.ts'

/** Which of the marks found in a text hold. */
export type Marks = { hasTime(turn: Turn): boolean; hasLabel(turn: Turn): boolean }

const SENTENCE_END = /[.!?…。！？]["'”’)»]?\s*$/

/**
 * Decides, from the whole text, which labels are speakers and which times are times. Prose has colons too
 * ("Note: …", "Paris: …"), so one `Name:` alone proves nothing:
 * - a name with a time in brackets, or with a time and a colon, is a speaker;
 * - a bold label is one when one in ten paragraphs, or the first, begins so; but not where three or more are
 *   bold and none comes back (a list of definitions);
 * - names with a time alone on a line are speakers when one of them comes back;
 * - a plain `Name:` is one when the name comes back, what follows are sentences, and either a second name
 *   comes back too or half of the paragraphs begin so; then, in a text made of turns, any name counts;
 * - a name alone above its lines is one when two or more come back and half of the paragraphs begin so.
 * A bare `9:30` is a time when more than one paragraph, and at least one in ten, begins with one.
 */
export function judgeMarks(text: string, blocks: (Heading | Stretch)[]): Marks {
  const stretches = blocks.filter((block) => block.kind === 'stretch')
  const turns = stretches.filter((stretch, at) => stretch.turn && !isDangling(stretch, stretches[at + 1]))
  const paragraphs = stretches.filter(({ isParagraph, turn }) => isParagraph || turn).length
  const beginsBold = stretches[0]?.turn?.evidence === 'bold'
  const speakers = chooseSpeakers(turns, { text, paragraphs, beginsBold })

  const bareTimes = turns.filter(({ turn }) => turn?.timeNeedsCompany).length
  const trustsBareTimes = bareTimes >= 2 && bareTimes * 10 >= paragraphs
  const judged = new Set(turns.map(({ turn }) => turn))
  return {
    hasTime: (turn) => turn.afterTime > 0 && (!turn.timeNeedsCompany || trustsBareTimes),
    hasLabel: (turn) => judged.has(turn) && speakers(turn),
  }
}

/** A name without a colon speaks for the lines under it: with none there it is a line like any other. */
function isDangling({ turn, goesOn }: Stretch, next?: Stretch): boolean {
  if (!turn?.label || goesOn) return false
  if (turn.evidence === 'alone') return true
  return (
    turn.evidence === 'header' &&
    (!next || next.turn?.evidence === 'header' || next.turn?.evidence === 'sure')
  )
}

type Surroundings = { text: string; paragraphs: number; beginsBold: boolean }

function chooseSpeakers(
  turns: Stretch[],
  { text, paragraphs, beginsBold }: Surroundings,
): (turn: Turn) => boolean {
  const counts = { sure: tally(turns, 'sure'), bold: tally(turns, 'bold'), header: tally(turns, 'header') }
  const plain = tally(turns, 'plain')
  const alone = tally(turns, 'alone')
  const isBoldOften = beginsBold || sum(counts.bold) * 10 >= paragraphs
  const isBoldAgain = counts.bold.size < 3 || comeBack(counts.bold).size > 0
  const trustsBold = counts.sure.size > 0 || (isBoldOften && isBoldAgain)

  const known = new Set([
    ...counts.sure.keys(),
    ...(comeBack(counts.header).size > 0 ? counts.header.keys() : []),
    ...(trustsBold ? counts.bold.keys() : []),
  ])
  const plainAgain = comeBack(plain)
  const plainTurns = sum(plain)
  const isSpoken = plainTurns > 0 && sentencesAmong(text, turns) * 2 >= plainTurns
  const trustsPlain =
    isSpoken && (plainAgain.size >= 2 || (plainAgain.size === 1 && plainTurns * 2 >= paragraphs))
  const trustsOnce = trustsPlain && plainTurns * 2 >= paragraphs
  const aloneAgain = comeBack(alone)
  const trustsAlone = aloneAgain.size >= 2 && sum(alone) * 2 >= paragraphs

  return ({ label, evidence }) => {
    if (!label) return false
    if (evidence === 'sure' || known.has(label)) return evidence !== 'bold' || trustsBold
    if (evidence === 'plain') return trustsOnce || (trustsPlain && plainAgain.has(label))
    return evidence === 'alone' && trustsAlone && aloneAgain.has(label)
  }
}

function tally(turns: Stretch[], evidence: Turn['evidence']): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { turn } of turns)
    if (turn?.label && turn.evidence === evidence) counts.set(turn.label, (counts.get(turn.label) ?? 0) + 1)
  return counts
}

function comeBack(counts: Map<string, number>): Set<string> {
  return new Set([...counts].filter(([, count]) => count > 1).map(([label]) => label))
}

function sum(counts: Map<string, number>): number {
  return counts.values().reduce((total, count) => total + count, 0)
}

/** How many of the plain turns end like a sentence: "Price: 10" does not. */
function sentencesAmong(text: string, turns: Stretch[]): number {
  return turns.filter(
    ({ turn, end }) => turn?.evidence === 'plain' && SENTENCE_END.test(text.slice(Math.max(0, end - 8), end)),
  ).length
}
