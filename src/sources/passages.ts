import { createPace, type Pace } from '#src/pace.ts'
import { type BlockOptions, type Heading, readBlocks, type Stretch, tooManyPassages } from './blocks.ts'
import type { PassageSpan } from './importer.ts'
import { PASSAGES_MAX } from './limits.ts'
import { judgeMarks, type Marks } from './speakers.ts'
import { splitLong } from './split-long.ts'
import { parseTime } from './timestamps.ts'

type Paragraph = Omit<PassageSpan, 'heading' | 'headingLevel'>
type Place = { heading?: string; headingLevel?: number; speaker?: string; timeMs?: number }

/**
 * Cuts a plain or Markdown text into passages in reading order: paragraphs, list items, speakers' turns,
 * blocks of code. `start..end` (UTF-16 code units, never overlapping, at most PASSAGE_CHARS_MAX) covers the
 * words alone, without speaker label, time, list mark and surrounding white space.
 *
 * Speaker and time last until the next label, time or heading, so that the later paragraphs of a turn keep
 * them; `judgeMarks` says what counts as a speaker. Headings (ATX, setext) are not passages; one that is
 * only a time, as in Google Meet's transcripts, is a time. Lets other work run once in about 8 ms.
 * Throws `limit_exceeded` over PASSAGES_MAX or HEADINGS_MAX.
 */
export async function splitPassages(text: string, options: BlockOptions = {}): Promise<PassageSpan[]> {
  const pace = createPace()
  const blocks = await readBlocks(text, options, pace)
  const marks = judgeMarks(text, blocks)
  const passages: PassageSpan[] = []
  let place: Place = {}
  let paragraph: Paragraph | undefined

  const close = async () => {
    if (paragraph) await addPassages(passages, { text, paragraph, place, pace })
    paragraph = undefined
  }
  for (const block of blocks) {
    if (block.kind === 'heading') {
      await close()
      place = placeUnder(block, place)
      continue
    }
    const mark = readMark(block, marks)
    if (paragraph && !block.isParagraph && !mark) {
      paragraph.end = block.end
      continue
    }
    const isUnderLabel = paragraph !== undefined && paragraph.start >= paragraph.end
    await close()
    if (mark) place = { ...place, ...mark.place }
    if (!isUnderLabel && isDoubtful(block, marks)) place = { ...place, speaker: undefined }
    paragraph = {
      start: block.start + (mark?.skipped ?? 0),
      end: block.end,
      speaker: block.isCode ? undefined : place.speaker,
      timeMs: block.isCode ? undefined : place.timeMs,
    }
  }
  await close()
  return passages
}

function placeUnder({ title, level }: Heading, before: Place): Place {
  const timeMs = parseTime(title)
  return timeMs === undefined
    ? { heading: title || undefined, headingLevel: title ? level : undefined }
    : { ...before, timeMs }
}

/** What a stretch's mark changes, and how many characters of the stretch it takes. */
function readMark({ turn }: Stretch, marks: Marks): { place: Place; skipped: number } | undefined {
  if (!turn) return undefined
  const hasTime = marks.hasTime(turn)
  const hasLabel = marks.hasLabel(turn)
  if (!hasTime && !hasLabel) return undefined
  const place: Place = {}
  if (turn.timeMs !== undefined && (hasTime || turn.afterTime === 0)) place.timeMs = turn.timeMs
  if (hasLabel) place.speaker = turn.label
  return { place, skipped: hasLabel ? turn.afterLabel : turn.afterTime }
}

/** A label that may be a name ends the turn before it: better no speaker than the wrong one. */
function isDoubtful({ turn, isParagraph }: Stretch, marks: Marks): boolean {
  const isLabel = turn?.evidence === 'plain' || turn?.evidence === 'bold'
  return isParagraph && isLabel && !marks.hasLabel(turn)
}

type Addition = { text: string; paragraph: Paragraph; place: Place; pace: Pace }

async function addPassages(passages: PassageSpan[], { text, paragraph, place, pace }: Addition) {
  const { heading, headingLevel } = place
  const { speaker, timeMs } = paragraph
  for (const span of await splitLong(text, paragraph, pace)) {
    if (passages.length >= PASSAGES_MAX) throw tooManyPassages()
    const passage: PassageSpan = { ...span }
    if (speaker !== undefined) passage.speaker = speaker
    if (timeMs !== undefined) passage.timeMs = timeMs
    if (heading !== undefined) Object.assign(passage, { heading, headingLevel })
    passages.push(passage)
  }
}
