import type { Language } from '#src/ai/offline/languages/language.ts'
import { type Run, runsOf } from '#src/ai/offline/noun-runs.ts'
import { isUnspaced, stemOf } from '#src/ai/offline/words.ts'
import type { Pace } from '#src/pace.ts'

const PHRASE_WORDS_MAX = 3
const NAME_WORDS_MAX = 4
const PHRASE_CHARS_MAX = 48
/** Of more phrases than this, those said once are dropped. */
const PHRASES_MAX = 3_000
const COUNT_POWER = 0.7
const RARITY_POWER = 0.5
/** A phrase of several words, said more than once, says more than its words do apart. */
const PHRASE_BONUS = 0.7
/** A section is about a thing rather than about whom it names. */
const NAME_BONUS = 0.5
/** Worth of a phrase that never stands where only a thing can be named. */
const NOUN_FLOOR = 0.25
/** A phrase sharpens its last word (`paused worker` for `worker`) when it stands for this share of it. */
const SHARPER_SHARE = 0.15
/** Below this share of its places naming a thing, a word is likely none. */
const NOUN_SHARE_MIN = 0.25

export type Keyphrase = {
  text: string
  key: string
  stems: string[]
  count: number
  thing: boolean
  score: number
}

type Entry = { forms: Map<string, number>; stems: string[]; count: number; noun: number; named: number }

/**
 * Noun phrases that a text speaks of most, best first: runs of content words (RAKE, Rose et al. 2010), worth
 * the more often they stand where a thing is named. `rarity` tells how telling a stem is.
 */
export async function keyphrasesOf(
  sentences: readonly string[],
  language: Language,
  { rarity = () => 1, pace }: { rarity?: (stem: string) => number; pace: Pace },
): Promise<Keyphrase[]> {
  const entries = new Map<string, Entry>()
  for (const sentence of sentences) {
    await pace()
    for (const run of runsOf(sentence, language)) {
      for (const phrase of phrasesOf(run, language)) count(entries, phrase, language)
    }
  }
  const countMin = entries.size > PHRASES_MAX ? 2 : 0
  const nounShareMin = language.determiners.size > 0 ? NOUN_SHARE_MIN : 0
  return [...entries]
    .filter(([, entry]) => entry.count >= countMin && new Set(entry.stems).size === entry.stems.length)
    .map(([key, entry]) => ({
      key,
      stems: entry.stems,
      text: commonForm(entry.forms),
      count: entry.count,
      thing: entry.noun / entry.count >= nounShareMin,
      score: scoreOf(entry, rarity),
    }))
    .filter(({ text }) => text.length <= PHRASE_CHARS_MAX)
    .sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1))
}

/** The phrase of several words that best says which of its kind a single word means, or the phrase itself. */
export function sharpen(phrase: Keyphrase, among: readonly Keyphrase[]): Keyphrase {
  if (phrase.stems.length > 1) return phrase
  const sharper = among.find(
    ({ stems, count, thing }) =>
      thing &&
      stems.length > 1 &&
      stems.at(-1) === phrase.key &&
      count >= Math.max(1, phrase.count * SHARPER_SHARE),
  )
  return sharper ?? phrase
}

function scoreOf({ stems, count, noun, named }: Entry, rarity: (stem: string) => number): number {
  const telling = stems.reduce((sum, stem) => sum + rarity(stem), 0) / stems.length
  const thing = NOUN_FLOOR + (1 - NOUN_FLOOR) * Math.min(1, noun / count)
  const length = count >= 2 ? 1 + PHRASE_BONUS * Math.min(2, stems.length - 1) : 1
  return (
    count ** COUNT_POWER * telling ** RARITY_POWER * thing * length * (named / count > 0.5 ? NAME_BONUS : 1)
  )
}

type Phrase = { words: string[]; noun: boolean; named: boolean; weight: number }

/** The run itself when it is short, its end, and its last word. */
function phrasesOf({ words, before, after, opening }: Run, language: Language): Phrase[] {
  const capitals = words.filter((word) => /^\p{Lu}/u.test(word)).length
  const named = !language.nounsCapitalised && capitals === words.length && (!opening || words.length > 1)
  const noun = named || language.determiners.has(before) || (language.tag === 'en' && NOUN_AFTER.test(after))
  const whole = { words: opening && !named ? lowerFirst(words, language) : words, noun, named, weight: 1 }
  const last = { words: whole.words.slice(-1), noun, named: false, weight: named ? 0 : 0.6 }
  if (words.length > (named ? NAME_WORDS_MAX : PHRASE_WORDS_MAX)) return [{ ...last, weight: 0.6 }]
  const pair = { words: whole.words.slice(-2), noun, named: false, weight: named ? 0 : 0.6 }
  const parts = words.length > 2 ? [pair, last] : words.length > 1 ? [last] : []
  return [whole, ...parts.filter(({ weight }) => weight > 0)]
}

const PARTICIPLE = /^\p{Ll}+[^e]ed$/u

const NOUN_AFTER = /^(?:of|is|are|was|were|has|have|had|will|can|could|would|should)$/

/** A sentence's first capital says nothing about the word, except where nouns have theirs. */
function lowerFirst(words: readonly string[], language: Language): string[] {
  const [first = '', ...rest] = words
  const plain = /^\p{Lu}\p{Ll}+$/u.test(first) && !language.nounsCapitalised
  return [plain ? first.toLowerCase() : first, ...rest]
}

function count(entries: Map<string, Entry>, { words, noun, named, weight }: Phrase, language: Language) {
  if (!named && words.some((word) => language.vague.has(word.toLowerCase()))) return
  if (!named && language.tag === 'en' && PARTICIPLE.test(words.at(-1)!)) return
  const stems = words.map((word) => stemOf(word, language.tag))
  const key = stems.join(' ')
  const entry = entries.get(key) ?? { forms: new Map(), stems, count: 0, noun: 0, named: 0 }
  entry.count += weight
  entry.noun += noun ? weight : 0
  entry.named += named ? weight : 0
  const form = words.join(isUnspaced(language.tag) ? '' : ' ').replace(/['’]s$/, '')
  entry.forms.set(form, (entry.forms.get(form) ?? 0) + (noun ? 2 : 1))
  entries.set(key, entry)
}

function commonForm(forms: ReadonlyMap<string, number>): string {
  return [...forms].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? 1 : -1))[0]![0]
}
