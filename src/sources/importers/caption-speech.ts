import type { Pace } from '#src/pace.ts'
import { readTurn } from '#src/sources/turns.ts'
import type { Caption, CaptionLine } from './captions.ts'

/** Words with their time; `isTurn` when somebody else begins to speak, named or not. */
export type Speech = { text: string; startMs: number; endMs: number; speaker?: string; isTurn: boolean }

const LABEL_CHARS_MAX = 64
const COLON = /[:：]/
const CHANGE = />>+/
const DASH = /^[-–]\s*(?=[\p{L}\p{N}"'“‘¿¡[(])/u
const CAPITALS = /^[\p{Lu}\p{N} .'’()&-]{3,}$/u

/**
 * Who says what: by the file's own voices (`<v Anna>`), by `>>` and `- ` where somebody else begins, and by
 * labels (`ANNA: …`; `Anna: …` when it comes back, or when half of the captions have one). A label lasts
 * until the next change.
 */
export async function readSpeech(captions: Caption[], pace: Pace): Promise<Speech[]> {
  const hasVoices = captions.some(({ lines }) => lines.some(({ voice }) => voice))
  const isSpeaker = hasVoices ? () => false : await chooseLabels(captions, pace)
  const speeches: Speech[] = []
  let speaker: string | undefined
  for (const { startMs, endMs, lines } of captions) {
    await pace()
    for (const { part, voice, isChange } of lines.flatMap(splitChanges)) {
      const found = readLabel(part)
      const label = found && isSpeaker(found.label) ? found.label : undefined
      const text = label ? part.slice(found!.afterLabel).trim() : part
      const next = voice ?? label ?? (isChange || hasVoices ? undefined : speaker)
      const isTurn = isChange || next !== speaker
      speaker = next
      if (text !== '') speeches.push({ text, startMs, endMs, speaker, isTurn })
    }
  }
  return speeches
}

/** "Fine. >> And you?" is two people; so are two lines that begin with a dash. */
function splitChanges({ text, voice }: CaptionLine) {
  return text.split(CHANGE).flatMap((raw, at) => {
    const part = raw.trim().replace(DASH, '')
    const isChange = at > 0 || part !== raw.trim()
    return part === '' ? [] : [{ part, voice, isChange }]
  })
}

function readLabel(part: string): { label: string; afterLabel: number } | undefined {
  const turn = COLON.test(part.slice(0, LABEL_CHARS_MAX)) ? readTurn(part) : undefined
  const isLabel = turn?.evidence === 'plain' || turn?.evidence === 'bold'
  return turn?.label && isLabel ? { label: turn.label, afterLabel: turn.afterLabel } : undefined
}

async function chooseLabels(captions: Caption[], pace: Pace): Promise<(label: string) => boolean> {
  const counts = new Map<string, number>()
  let parts = 0
  let labelled = 0
  for (const { lines } of captions) {
    await pace()
    for (const { part } of lines.flatMap(splitChanges)) {
      const label = readLabel(part)?.label
      parts++
      if (label) labelled++
      if (label) counts.set(label, (counts.get(label) ?? 0) + 1)
    }
  }
  const isLabelled = labelled >= 2 && labelled * 2 >= parts
  return (label) => isLabelled || (counts.get(label) ?? 0) > (CAPITALS.test(label) ? 0 : 1)
}
