import type { Analysis, Sentence } from '#src/ai/offline/analysis.ts'

/** One voice with at least this share of the words speaks for the whole; else the summary has no `I`. */
const VOICE_SHARE_MIN = 0.5
/** The strictest choice must leave so many times the words that are asked for. */
const ROOM_FACTOR = 1.5

/**
 * The sentences that may stand in a summary, where nobody is named and nothing comes before: as strict a choice
 * as leaves enough to choose from.
 */
export function summarySentences(analysis: Analysis, words: number): Sentence[] {
  const voiced = analysis.sentences.filter((sentence) => speaksForAll(analysis, sentence))
  const alone = voiced.filter(standsAlone)
  const choices = analysis.speech ? [alone, voiced] : [voiced]
  return choices.find((choice) => roomOf(choice) >= words * ROOM_FACTOR) ?? analysis.sentences
}

function speaksForAll({ passages, voices, mainSpeaker, mainShare }: Analysis, sentence: Sentence): boolean {
  if (voices < 2 || mainSpeaker === undefined) return true
  if (mainShare >= VOICE_SHARE_MIN) return passages[sentence.passage]!.speaker === mainSpeaker
  return !/\b(?:I|I['’]\p{L}+|my|me)\b/u.test(sentence.text)
}

/** `A worker writes when it is done`: the pronoun looks back at what the sentence itself named. */
const NAMES_FIRST = /^(?:an?|the|our|every|each|people) .{4,} (?:it|its|they|them|their)\b/i

function standsAlone({ needs, reference, question, text }: Sentence): boolean {
  if (needs >= 0 || question || /^(?:\w+ ){0,3}instead (?!of )/i.test(text)) return false
  return reference === 'none' || (reference === 'soft' && NAMES_FIRST.test(text))
}

const roomOf = (sentences: readonly Sentence[]) =>
  sentences.reduce((sum, { quality, words }) => sum + (quality > 0 ? words : 0), 0)
