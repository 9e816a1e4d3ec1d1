import type { Language } from '#src/ai/offline/languages/language.ts'
import { isUnspaced, stemOf, type Word } from '#src/ai/offline/words.ts'

const TERM_CHARS_MIN = 2
const NAME_WORDS_MAX = 6

/** A word as it stands in a sentence, with what its spelling tells. */
export type Token = { term: number; word: number; capital: boolean; opening: boolean; gap: boolean }

/**
 * Numbers for words and for what they stand for. A term is a stem, or a name of several words;
 * stop words have no term (-1).
 */
export function createVocabulary(language: Language) {
  const termIds = new Map<string, number>()
  const wordIds = new Map<string, number>()
  const words: { term: number; capitals: number; smalls: number; digits: boolean }[] = []
  const termNames: string[] = []

  const termOf = (key: string) => {
    let id = termIds.get(key)
    if (id === undefined) {
      id = termNames.push(key) - 1
      termIds.set(key, id)
    }
    return id
  }

  const wordOf = (text: string) => {
    const lower = text.toLowerCase().replaceAll('’', "'")
    let id = wordIds.get(lower)
    if (id === undefined) {
      const term = isTerm(lower, language) ? termOf(stemOf(lower, language.tag)) : -1
      id = words.push({ term, capitals: 0, smalls: 0, digits: /\p{N}/u.test(lower) }) - 1
      wordIds.set(lower, id)
    }
    return id
  }

  /** Reads a sentence's words and learns which of them are written with a capital inside a sentence. */
  const read = (sentence: string, sentenceWords: readonly Word[]): Token[] => {
    let previousEnd = 0
    return sentenceWords.map(({ text, index }, at) => {
      const word = wordOf(text)
      const capital = /^\p{Lu}/u.test(text)
      if (at > 0) words[word]![capital ? 'capitals' : 'smalls']++
      const gap = at > 0 && /[^\s-]/.test(sentence.slice(previousEnd, index))
      previousEnd = index + text.length
      return { term: words[word]!.term, word, capital, opening: at === 0, gap }
    })
  }

  const isName = (token: Token) => {
    if (language.nounsCapitalised || !token.capital || token.term < 0) return false
    const { capitals, smalls } = words[token.word]!
    return token.opening ? capitals > smalls : capitals >= smalls
  }

  /** Names of two and more words: runs of capitals that no punctuation breaks. */
  const namesOf = (tokens: readonly Token[]): number[] => {
    const names: number[] = []
    let run: Token[] = []
    const close = () => {
      if (run.length > 1) names.push(termOf(`name ${run.map((token) => token.word).join(' ')}`))
      run = []
    }
    for (const token of tokens) {
      if (!isName(token) || token.gap || run.length === NAME_WORDS_MAX) close()
      if (isName(token)) run.push(token)
    }
    close()
    return names
  }

  return {
    read,
    isName,
    namesOf,
    size: () => termNames.length,
    termName: (id: number) => termNames[id]!,
    termOf: (stem: string) => termIds.get(stem),
    /** A name of several words. */
    isCompound: (id: number) => termNames[id]!.startsWith('name '),
    isNumber: (id: number) => isDigit(termNames[id]!.charCodeAt(0)),
  }
}

const isDigit = (code: number) => code >= 48 && code <= 57

export type Vocabulary = ReturnType<typeof createVocabulary>

const HAN = /\p{Script=Han}/u
const HIRAGANA = /^[\p{Script=Hiragana}ー]+$/u

/** Whether a lower-case word says something by itself. */
export function isTerm(lower: string, language: Language): boolean {
  if (language.stopWords.has(lower)) return false
  // Words in hiragana alone are Japanese grammar.
  if (isUnspaced(language.tag)) return HAN.test(lower) || (lower.length > 1 && !HIRAGANA.test(lower))
  return (
    lower.length > TERM_CHARS_MIN || /^\p{N}{2,}$/u.test(lower) || /[^\p{Script=Latin}\p{N}]/u.test(lower)
  )
}
