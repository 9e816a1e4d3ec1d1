import { cleanName, isName } from './speaker-names.ts'
import { parseTime, TIME } from './timestamps.ts'

/** Labels and times stand within this many characters of a line's beginning. */
export const HEAD_CHARS = 160

/**
 * What a line says about who speaks. `evidence` says how it says so:
 * - `sure`: a name with a time and a colon or brackets: `[00:12] Anna:`, `Anna (00:12)`, `[Anna] 00:12`
 * - `bold`: `**Anna:**`
 * - `header`: a name and a time alone on a line: `00:12 Anna`, `Anna 0:12`
 * - `plain`: `Anna:`
 * - `alone`: a name alone on a line
 */
export type Evidence = 'sure' | 'bold' | 'header' | 'plain' | 'alone'

/** The marks at a line's beginning; offsets count from the beginning of the line. */
export type Turn = {
  timeMs?: number
  /** A bare `9:30` may be prose or an agenda; times in brackets or with hours are not. */
  timeNeedsCompany?: boolean
  afterTime: number
  label?: string
  evidence?: Evidence
  afterLabel: number
}

// Gaps are bounded: they stand side by side, and a line may be nothing but spaces.
const CLOCK = String.raw`(?:\s?[AaPp]\.?[Mm]\.?)?`
const RANGE = String.raw`(?:\s{0,4}(?:-->|[-–—])\s{0,4}${TIME})?`
const BRACKETED = String.raw`[[(](${TIME})${CLOCK}${RANGE}[\])]`
const GAP = String.raw`\s{0,8}[-–—|·,]?\s{0,8}`

const LEADING_BRACKETED = new RegExp(String.raw`^(?:\*\*|__)?${BRACKETED}(?:\*\*|__)?${GAP}`)
const LEADING_BARE = new RegExp(String.raw`^(${TIME})${CLOCK}${RANGE}(?:$|\s*[-–—|·]\s+|\s*:\s+|\s+)`)
const BOLD = /^(?:\*\*([^*]{1,60})\*\*|__([^_]{1,60})__)/
const TIME_AT_END = new RegExp(String.raw`^(.*?)${GAP}${BRACKETED}\s*:?$`)
const IN_BRACKETS = /^\[([^\][]{1,48})\]/
const NAME_BEFORE_TIME = new RegExp(
  String.raw`^([^:：[\]()]{1,48}?(?:\s?\([^)\d]{1,24}\))?)${GAP}${BRACKETED}`,
)
const NAME_BEFORE_BARE_TIME = new RegExp(String.raw`^([^:：\d][^:：]{0,47}?)(${GAP})(${TIME})${CLOCK}\s*$`)
const PLAIN = /^([^:：]{1,60})/
const COLON = /^\s?(?:：\s*|:(?:\*\*|__)?(?:\s+|$))/
const TIME_THEN_COLON = new RegExp(String.raw`^${GAP}(?:${BRACKETED}|(${TIME})${CLOCK}(?=\s*(?::|：|$)))`)

/** Reads the marks at the beginning of a line, or undefined when there is neither time nor label. */
export function readTurn(line: string): Turn | undefined {
  const head = line.slice(0, HEAD_CHARS)
  const indent = head.length - head.trimStart().length
  const time = readTime(head, indent)
  const at = time?.afterTime ?? indent
  const isWholeLine = line.length <= HEAD_CHARS
  const label = readBold(head, at) ?? readLabel(head, at, isWholeLine)
  if (!time && !label) return undefined
  const timeMs = label?.timeMs ?? time?.timeMs
  const turn: Turn = { ...time, afterTime: at, afterLabel: at, ...label, timeMs }
  if (time && turn.evidence && turn.evidence !== 'alone') turn.evidence = 'sure'
  if (time && turn.evidence === 'alone') turn.evidence = 'header'
  return turn
}

function readTime(head: string, at: number) {
  const rest = head.slice(at)
  const match = LEADING_BRACKETED.exec(rest) ?? LEADING_BARE.exec(rest)
  if (!match) return undefined
  const [all, written = ''] = match
  if (parseTime(written) === undefined) return undefined
  const isBare = !/[[(]/.test(all)
  return {
    timeMs: timeOf(all, written),
    timeNeedsCompany: isBare && written.split(':').length < 3,
    afterTime: at + all.length,
  }
}

/** Milliseconds of a time, unless what stands around it makes it a time of day: "10:05 AM". */
function timeOf(all: string, written?: string): number | undefined {
  return written === undefined || /\d\s?[ap]\.?m/i.test(all) ? undefined : parseTime(written)
}

type Label = Pick<Turn, 'label' | 'evidence' | 'afterLabel' | 'timeMs'>

/** `**Anna:** …`, `**Anna**: …`, `**Anna** (0:12): …`, `**Anna (0:12):** …`; alone on a line without colon. */
function readBold(head: string, at: number): Label | undefined {
  const match = BOLD.exec(head.slice(at))
  if (!match) return undefined
  const inner = (match[1] ?? match[2])!.trim()
  let after = at + match[0].length
  const innerTime = TIME_AT_END.exec(inner)
  const outerTime = TIME_THEN_COLON.exec(head.slice(after))
  after += outerTime?.[0].length ?? 0
  const colon = /^\s*[:：]?\s*/.exec(head.slice(after))![0]
  after += colon.length
  const label = cleanName(innerTime?.[1] ?? inner)
  const written = innerTime?.[2] ?? outerTime?.[1] ?? outerTime?.[2]
  const hasColon = /[:：]$/.test(inner) || /[:：]/.test(colon)
  if (!isName(label) || (!hasColon && !written && after < head.length)) return undefined
  const evidence = written ? 'sure' : hasColon ? 'bold' : 'alone'
  return {
    label,
    evidence,
    afterLabel: after,
    timeMs: timeOf(innerTime?.[0] ?? outerTime?.[0] ?? '', written),
  }
}

function readLabel(head: string, at: number, isWholeLine: boolean): Label | undefined {
  const rest = head.slice(at)
  return (
    readTimedName(rest, at) ??
    (isWholeLine ? readHeader(rest, at) : undefined) ??
    readPlain(rest, at, isWholeLine)
  )
}

/** `Anna (00:12): …`, `Anna [00:12]` at a line's end, `[Anna] 00:12`, `[Anna]: …`. */
function readTimedName(rest: string, at: number): Label | undefined {
  const bracketed = IN_BRACKETS.exec(rest)
  const match = bracketed ? undefined : NAME_BEFORE_TIME.exec(rest)
  const label = cleanName(bracketed?.[1] ?? match?.[1] ?? '')
  if (!isName(label)) return undefined
  let length = (bracketed ?? match)![0].length
  const time = bracketed ? TIME_THEN_COLON.exec(rest.slice(length)) : undefined
  length += time?.[0].length ?? 0
  const colon = /^\s*[:：]?\s*/.exec(rest.slice(length))![0]
  const isClosed = /[:：]/.test(colon) || length + colon.length === rest.length
  if (!isClosed || (bracketed && !time && !/[:：]/.test(colon))) return undefined
  const written = match?.[2] ?? time?.[1] ?? time?.[2]
  const timeMs = timeOf((match ?? time)?.[0] ?? '', written)
  return { label, evidence: written ? 'sure' : 'plain', afterLabel: at + length + colon.length, timeMs }
}

/** `Anna Smith  0:12` alone on its line; a wide gap or a tab before the time is what programs write. */
function readHeader(rest: string, at: number): Label | undefined {
  const match = NAME_BEFORE_BARE_TIME.exec(rest)
  const label = cleanName(match?.[1] ?? '')
  if (!match || !isName(label)) return undefined
  const isWide = /\t|\s{2}/.test(match[2]!)
  const timeMs = timeOf(match[0], match[3])
  return { label, evidence: isWide ? 'sure' : 'header', afterLabel: at + rest.length, timeMs }
}

function readPlain(rest: string, at: number, isWholeLine: boolean): Label | undefined {
  const match = PLAIN.exec(rest)
  if (!match) return undefined
  const label = cleanName(match[1]!)
  if (!isName(label)) return undefined
  const colon = COLON.exec(rest.slice(match[0].length))
  if (colon) {
    const labelEnd = match[0].length + colon[0].length
    const time = LEADING_BRACKETED.exec(rest.slice(labelEnd))
    if (!time) return { label, evidence: 'plain', afterLabel: at + labelEnd }
    return {
      label,
      evidence: 'sure',
      afterLabel: at + labelEnd + time[0].length,
      timeMs: timeOf(time[0], time[1]),
    }
  }
  const isAlone = isWholeLine && match[0].length === rest.length
  return isAlone ? { label, evidence: 'alone', afterLabel: at + rest.length } : undefined
}
