import type { Analysis } from '#src/ai/offline/analysis.ts'
import { analysisOf } from '#src/ai/offline/analysis-cache.ts'
import { isUnspaced } from '#src/ai/offline/words.ts'
import type { Material } from '#src/ai/provider.ts'
import { AppError } from '#src/errors.ts'
import type { Pace } from '#src/pace.ts'

const SOURCE_WORDS_MIN = 100
const SOURCE_CHARS_MIN_UNSPACED = 200
const SOURCE_SENTENCES_MIN = 3

/**
 * Reads the material a post is to be written from. Rejects with `source_too_short` when there is too little
 * of it, or when too few of its sentences can stand in a post.
 */
export async function readMaterial(material: readonly Material[], pace: Pace): Promise<Analysis> {
  const analysis = await analysisOf(material, pace)
  const { amount, needed, unit } = lengthOf(analysis)
  if (amount < needed) {
    throw tooShort(`The sources hold ${amount} ${unit} to write from; a post needs at least ${needed}.`)
  }
  const usable = analysis.sentences.filter((sentence) => sentence.quality > 0).length
  if (usable < SOURCE_SENTENCES_MIN) {
    throw tooShort(
      `Of ${amount} ${unit}, only ${usable} sentences can stand in a post (without greetings, questions and ` +
        `fragments); it needs at least ${SOURCE_SENTENCES_MIN}.`,
    )
  }
  return analysis
}

export const tooShort = (message: string) => new AppError('source_too_short', message)

function lengthOf({ language, passages, words }: Analysis) {
  if (!isUnspaced(language.tag)) return { amount: words, needed: SOURCE_WORDS_MIN, unit: 'words' }
  const chars = passages.reduce((sum, { text }) => sum + (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0), 0)
  return { amount: chars, needed: SOURCE_CHARS_MIN_UNSPACED, unit: 'characters' }
}
