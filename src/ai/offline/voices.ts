import type { Material, MaterialPassage } from '#src/ai/provider.ts'

const SPEECH_SHARE = 0.5
/** So many characters to a full stop are no prose. */
const UNSTOPPED_CHARS = 600
const UNSTOPPED_SAMPLE_PASSAGES = 20
const UNNAMED_SHARE_MIN = 0.05

/** How many different voices there are, whose words are most, and what share of all they are. */
export type Voices = { voices: number; mainSpeaker?: string; mainShare: number }

/** Somebody is named or timed as speaking, or the text goes on without a stop as captions do. */
export function isSpeech(passages: readonly MaterialPassage[]): boolean {
  if (passages.length > 0 && isUnstopped(passages)) return true
  const spoken = passages.filter((passage) => passage.speaker !== undefined || passage.timeMs !== undefined)
  return spoken.length >= passages.length * SPEECH_SHARE && spoken.length > 0
}

function isUnstopped(passages: readonly MaterialPassage[]): boolean {
  const sample = passages.slice(0, UNSTOPPED_SAMPLE_PASSAGES)
  const chars = sample.reduce((sum, { text }) => sum + text.length, 0)
  const stops = sample.reduce((sum, { text }) => sum + (text.match(/[.!?。！？؟](?=\s|$)/g)?.length ?? 0), 0)
  return chars > UNSTOPPED_CHARS * (stops + 1) && /\s/.test(sample[0]!.text)
}

export function voicesOf(material: readonly Material[]): Voices {
  const chars = new Map<string | undefined, number>()
  let total = 0
  for (const { speaker, text } of material.flatMap(({ passages }) => passages)) {
    chars.set(speaker, (chars.get(speaker) ?? 0) + text.length)
    total += text.length
  }
  // A title above a talk is no voice of its own.
  if ((chars.get(undefined) ?? 0) < total * UNNAMED_SHARE_MIN) chars.delete(undefined)
  const [main, most] = [...chars].filter(([speaker]) => speaker).sort((a, b) => b[1] - a[1])[0] ?? []
  return { voices: chars.size, mainSpeaker: main, mainShare: (most ?? 0) / (total || 1) }
}
