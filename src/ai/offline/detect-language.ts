import { spacedLanguages } from '#src/ai/offline/languages/registry.ts'
import { wordsOf } from '#src/ai/offline/words.ts'

const SAMPLE_CHARS = 24_000
/** Below this share of known stop words the text is in none of our languages. */
const STOP_WORD_SHARE_MIN = 0.08

const scripts: [tag: string, pattern: RegExp][] = [
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['ko', /\p{Script=Hangul}/gu],
  ['zh', /\p{Script=Han}/gu],
  ['th', /\p{Script=Thai}/gu],
  ['ar', /\p{Script=Arabic}/gu],
  ['he', /\p{Script=Hebrew}/gu],
  ['ru', /\p{Script=Cyrillic}/gu],
  ['el', /\p{Script=Greek}/gu],
  ['hi', /\p{Script=Devanagari}/gu],
]

/**
 * Tells a text's language as a BCP 47 tag: by script where that decides, else by counting stop words
 * in a sample. Returns `und` when nothing fits.
 */
export function detectLanguage(text: string): string {
  const sample = text.length <= SAMPLE_CHARS ? text : sampleOf(text)
  return byScript(sample) ?? byStopWords(sample) ?? 'und'
}

/** Start, middle and end: a foreign preface must not decide for the whole. */
function sampleOf(text: string): string {
  const third = SAMPLE_CHARS / 3
  const middle = Math.floor((text.length - third) / 2)
  return `${text.slice(0, third)} ${text.slice(middle, middle + third)} ${text.slice(-third)}`
}

function byScript(sample: string): string | undefined {
  const letters = sample.match(/\p{L}/gu)?.length ?? 0
  for (const [tag, pattern] of scripts) {
    const share = (sample.match(pattern)?.length ?? 0) / (letters || 1)
    // Japanese mixes kana with Han: a few kana already tell it from Chinese.
    if (share > (tag === 'ja' ? 0.1 : 0.3)) return tag
  }
}

function byStopWords(sample: string): string | undefined {
  const words = wordsOf(sample, 'und').map((word) => word.text.toLowerCase())
  const counts = spacedLanguages.map((language) => ({
    tag: language.tag,
    hits: words.filter((word) => language.stopWords.has(word)).length,
  }))
  const best = counts.reduce((a, b) => (b.hits > a.hits ? b : a))
  return best.hits >= words.length * STOP_WORD_SHARE_MIN && best.hits > 0 ? best.tag : undefined
}
