import type { Language } from '#src/ai/offline/languages/language.ts'
import { isTerm } from '#src/ai/offline/vocabulary.ts'
import { isUnspaced, stemOf, wordsOf } from '#src/ai/offline/words.ts'

const PHRASE_WORDS_MAX = 3
const PHRASE_CHARS_MAX = 48

export type Keyphrase = {
  text: string
  key: string
  stems: string[]
  count: number
  noun: number
  score: number
}

/**
 * Noun phrases a text speaks of most, best first: runs of content words (RAKE, Rose et al. 2010), kept when
 * what stands around them shows that they name a thing. `rarity` tells how telling a stem is.
 */
export function keyphrasesOf(
  texts: readonly string[],
  language: Language,
  rarity: (stem: string) => number,
): Keyphrase[] {
  const found = new Map<
    string,
    { forms: Map<string, number>; stems: string[]; count: number; noun: number }
  >()
  for (const text of texts) {
    for (const run of runsOf(text, language)) {
      for (const phrase of phrasesOf(run)) {
        const stems = phrase.words.map((word) => stemOf(word, language.tag))
        const key = stems.join(' ')
        const entry = found.get(key) ?? { forms: new Map(), stems, count: 0, noun: 0 }
        entry.count += phrase.whole ? 1 : 0.5
        entry.noun += phrase.noun ? 1 : 0
        const form = phrase.words.join(isUnspaced(language.tag) ? '' : ' ')
        entry.forms.set(form, (entry.forms.get(form) ?? 0) + 1)
        found.set(key, entry)
      }
    }
  }
  return [...found]
    .map(([key, { forms, stems, count, noun }]) => {
      const text = [...forms].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]![0]
      const telling = stems.reduce((sum, stem) => sum + rarity(stem), 0) / stems.length
      const score = count * telling * (1 + 0.6 * (stems.length - 1)) * (0.4 + (0.6 * noun) / (count + 0.5))
      return { text, key, stems, count, noun, score }
    })
    .filter(({ text, stems }) => text.length <= PHRASE_CHARS_MAX && new Set(stems).size === stems.length)
    .sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1))
}

type Run = { words: string[]; before: string; after: string; opening: boolean }

/** Stretches of content words between stop words and punctuation. */
function runsOf(text: string, language: Language): Run[] {
  const runs: Run[] = []
  let run: Run | undefined
  let previousEnd = 0
  let before = ''
  for (const { text: word, index } of wordsOf(text, language.tag)) {
    const lower = word.toLowerCase().replaceAll('’', "'")
    const broken = /[^\s]/.test(text.slice(previousEnd, index))
    if (broken) {
      run = undefined
      before = ''
    }
    if (isTerm(lower, language) && !/^\p{N}/u.test(word)) {
      if (!run) {
        run = { words: [], before, after: '', opening: previousEnd === 0 }
        runs.push(run)
      }
      run.words.push(word)
    } else {
      if (run) run.after = lower
      run = undefined
    }
    before = lower
    previousEnd = index + word.length
  }
  return runs
    .map((found) => (found.words.length === 0 ? found : trimVerbs(found, language)))
    .filter((found) => found.words.length > 0)
}

/** Takes verbs off both ends: what follows `to` or a pronoun, and what ends in `-ed`, `-ing`, `-ly`. */
function trimVerbs(run: Run, language: Language): Run {
  if (language.tag !== 'en') return run
  const words = [...run.words]
  const led =
    /^(?:to|i|you|we|they|he|she|it|who|that|will|can|could|would|should|must|might|don't|doesn't|didn't|not|never|and|just|also)$/
  if (led.test(run.before) && /^\p{Ll}/u.test(words[0]!) && words.length > 0) words.shift()
  while (words.length > 0 && /^\p{Ll}.*(?:ed|ly|ing)$/u.test(words[0]!) && words.length < 2) words.shift()
  while (words.length > 0 && /^\p{Ll}.*(?:ed|ly)$/u.test(words.at(-1)!)) words.pop()
  while (words.length > 0 && /ly$/.test(words[0]!)) words.shift()
  return { ...run, words, before: words.length < run.words.length ? '' : run.before }
}

function phrasesOf(run: Run): { words: string[]; noun: boolean; whole: boolean }[] {
  const named = /^\p{Lu}/u.test(run.words.at(-1)!) && !run.opening
  const noun = named || NOUN_BEFORE.test(run.before) || NOUN_AFTER.test(run.after)
  if (run.words.length <= PHRASE_WORDS_MAX) {
    const whole = { words: run.words, noun, whole: true }
    const tail = run.words.length > 1 ? [{ words: run.words.slice(-1), noun, whole: false }] : []
    const pair = run.words.length > 2 ? [{ words: run.words.slice(-2), noun, whole: false }] : []
    return [whole, ...pair, ...tail]
  }
  return [{ words: run.words.slice(-2), noun, whole: false }]
}

const NOUN_BEFORE =
  /^(?:an?|the|this|that|these|those|my|your|his|her|its|our|their|some|any|every|each|no|of|in|for|with|by|about|between|into|from|der|die|das|dem|den|des|eine?[nmrs]?|le|la|les|une?|des|du|el|los|las|il|lo|gli|o|os|as|de|het|een)$/
const NOUN_AFTER = /^(?:of|is|are|was|were|has|have|had|will|can|could|would|should)$/
