import type { Caption, CaptionLine } from './captions.ts'

/** Captions that roll follow one another without a gap; a word said twice after a pause is said twice. */
const GAP_MAX_MS = 150
/** YouTube puts a copy of the last line, as short as this, between two captions. */
const COPY_MAX_MS = 100
/** Lines that stay in view: two as a rule, three on television. */
const LINES_MAX = 4
/** Of all the steps from one caption to the next, this part must repeat before the file counts as rolling. */
const ROLLING_SHARE = 0.25

type Repeat = { lines: number; prefix: number }

/**
 * Takes out what rolling captions repeat: live captions and YouTube's automatic ones show the last line again
 * above the new one, or the same line grown by a word. A file that does so only here and there is left alone.
 */
export function dropRepeats(captions: Caption[]): Caption[] {
  const spoken = captions.filter(({ lines }) => lines.length > 0)
  const repeats = spoken.map((caption, at) => (at === 0 ? undefined : findRepeat(spoken[at - 1]!, caption)))
  const rolling = repeats.filter((repeat) => repeat !== undefined).length
  if (rolling === 0 || rolling < (spoken.length - 1) * ROLLING_SHARE) return spoken
  return spoken.map((caption, at) => ({ ...caption, lines: withoutRepeat(caption.lines, repeats[at]) }))
}

/** How many lines at the beginning are the end of the caption before, or how much of the first line is. */
function findRepeat(before: Caption, caption: Caption): Repeat | undefined {
  if (Math.abs(caption.startMs - before.endMs) > GAP_MAX_MS && caption.startMs > before.endMs)
    return undefined
  for (let count = Math.min(before.lines.length, caption.lines.length, LINES_MAX); count > 0; count--) {
    const tail = before.lines.slice(-count)
    if (
      tail.every(({ text }, at) => text === caption.lines[at]!.text) &&
      (count < caption.lines.length || isCopy(before, caption))
    )
      return { lines: count, prefix: 0 }
  }
  const last = before.lines.at(-1)!.text
  return caption.lines[0]!.text.startsWith(`${last} `) ? { lines: 0, prefix: last.length } : undefined
}

/** Nothing new in a whole caption: somebody may just have said it again. */
function isCopy(before: Caption, caption: Caption): boolean {
  const shortest = Math.min(before.endMs - before.startMs, caption.endMs - caption.startMs)
  return shortest <= COPY_MAX_MS || caption.startMs < before.endMs
}

function withoutRepeat(lines: CaptionLine[], repeat: Repeat = { lines: 0, prefix: 0 }): CaptionLine[] {
  const fresh = lines.slice(repeat.lines)
  if (repeat.prefix === 0 || fresh.length === 0) return fresh
  return [{ ...fresh[0]!, text: fresh[0]!.text.slice(repeat.prefix).trim() }, ...fresh.slice(1)]
}
