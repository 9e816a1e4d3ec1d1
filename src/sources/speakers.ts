import type { Heading, Stretch } from './blocks.ts'
import type { Turn } from './turns.ts'

/** Which of the marks found in a text hold. */
export type Marks = { hasTime(turn: Turn): boolean; hasLabel(turn: Turn): boolean }

/** Parts of the paragraphs that begin with a mark: what is no accident, and what is a text of turns. */
const OFTEN = 0.1
const MOSTLY = 0.5

const SENTENCE_END = /[.!?…。！？]["'”’)»]?\s*$/
const SPOKEN_WORDS_MIN = 6

/**
 * Decides, from the whole text, which labels are speakers and which times are times. Prose has colons too
 * ("Note: …", "Paris: …"), so one `Name:` alone proves nothing:
 * - a name with a time in brackets, or with a time and a colon, is a speaker;
 * - names with a time alone on a line are speakers when one of them comes back;
 * - a bold label is one when bold labels begin a tenth of the paragraphs, or the first; but not where three
 *   or more differ and none comes back (a list of definitions);
 * - a plain `Name:` is one when it comes back, what follows reads like speech, and either two names come back
 *   and labels begin a tenth of the paragraphs, or labels begin half of them: then any name counts;
 * - a name alone above its lines is one when two or more come back and they begin half of the paragraphs.
 * A bare `9:30` is a time when more than one paragraph, and at least a tenth, begins with one.
 */
export function judgeMarks(text: string, blocks: (Heading | Stretch)[]): Marks {
  const stretches = blocks.filter((block) => block.kind === 'stretch')
  const turns = stretches.filter((stretch, at) => stretch.turn && !isDangling(stretch, stretches[at + 1]))
  const paragraphs = stretches.filter(({ isParagraph, turn }) => isParagraph || turn).length
  const beginsBold = stretches[0]?.turn?.evidence === 'bold'
  const isSpeaker = chooseSpeakers(turns, { text, paragraphs, beginsBold })

  const bareTimes = turns.filter(({ turn }) => turn?.timeNeedsCompany).length
  const trustsBareTimes = bareTimes > 1 && bareTimes >= paragraphs * OFTEN
  const judged = new Set(turns.map(({ turn }) => turn))
  return {
    hasTime: (turn) => turn.afterTime > 0 && (!turn.timeNeedsCompany || trustsBareTimes),
    hasLabel: (turn) => judged.has(turn) && isSpeaker(turn),
  }
}

/** A name on a line of its own speaks for the lines under it: without any it is a line like others. */
function isDangling({ turn, start, end, goesOn }: Stretch, next?: Stretch): boolean {
  if (!turn?.label || goesOn || start + turn.afterLabel < end) return false
  if (turn.evidence === 'alone' || !next) return true
  const following = next.turn?.evidence
  return following === turn.evidence || following === 'sure' || following === 'header'
}

type Surroundings = { text: string; paragraphs: number; beginsBold: boolean }

function chooseSpeakers(
  turns: Stretch[],
  { text, paragraphs, beginsBold }: Surroundings,
): (turn: Turn) => boolean {
  const sure = tally(turns, 'sure')
  const header = tally(turns, 'header')
  const bold = tally(turns, 'bold')
  const plain = tally(turns, 'plain')
  const alone = tally(turns, 'alone')
  const share = ({ total }: Tally) => total / paragraphs

  const trustsHeader = header.again.size > 0
  const isDefinitions = bold.all.size >= 3 && bold.again.size === 0
  const trustsBold = sure.total > 0 || (!isDefinitions && (beginsBold || share(bold) >= OFTEN))
  const isSpoken = plain.again.size > 0 && spokenAmong(turns, text) * 2 >= plain.total
  const trustsPlainOnce = isSpoken && share(plain) >= MOSTLY
  const trustsPlain = trustsPlainOnce || (isSpoken && plain.again.size >= 2 && share(plain) >= OFTEN)
  const trustsAlone = alone.again.size >= 2 && share(alone) >= MOSTLY

  const isKnown = (label: string) =>
    sure.all.has(label) || (trustsHeader && header.all.has(label)) || (trustsBold && bold.all.has(label))
  return ({ label, evidence }) => {
    if (!label) return false
    if (evidence === 'sure') return true
    if (evidence === 'bold') return trustsBold
    if (isKnown(label)) return true
    if (evidence === 'plain') return trustsPlainOnce || (trustsPlain && plain.again.has(label))
    return evidence === 'alone' && trustsAlone && alone.again.has(label)
  }
}

type Tally = { total: number; all: Set<string>; again: Set<string> }

function tally(turns: Stretch[], evidence: Turn['evidence']): Tally {
  const found: Tally = { total: 0, all: new Set(), again: new Set() }
  for (const { turn } of turns) {
    if (!turn?.label || turn.evidence !== evidence) continue
    found.total++
    if (found.all.has(turn.label)) found.again.add(turn.label)
    found.all.add(turn.label)
  }
  return found
}

/** How many of the plain turns end like a sentence or go on like one: "Price: 10" does neither. */
function spokenAmong(turns: Stretch[], text: string): number {
  return turns.filter(({ turn, start, end }) => {
    if (turn?.evidence !== 'plain') return false
    const words = text
      .slice(start + turn.afterLabel, Math.min(end, start + turn.afterLabel + 200))
      .split(/\s+/)
    return words.length >= SPOKEN_WORDS_MIN || SENTENCE_END.test(text.slice(Math.max(start, end - 8), end))
  }).length
}
