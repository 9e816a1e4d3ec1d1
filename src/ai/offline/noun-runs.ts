import type { Language } from '#src/ai/offline/languages/language.ts'
import { isTerm } from '#src/ai/offline/vocabulary.ts'
import { isUnspaced, wordsOf } from '#src/ai/offline/words.ts'

/** Words side by side that name a thing, and where they stand in the text. */
export type Run = {
  words: string[]
  start: number
  end: number
  /** The words around them in lower case, '' at punctuation. */
  before: string
  after: string
  /** Their article or what stands for one, past words like `new` and `first`. */
  article: string
  opening: boolean
}

/** A verb stands after these. */
export const ACTORS =
  wordSet(`to who i you we they he she it will can could would should must may might don't doesn't
  didn't not never i'll we'll you'll they'll i'd we'd let let's please just`)

/** A verb stands before these. */
export const OBJECTS = wordSet(
  'a an the my your his her its our their it them us you me him this these those what how why',
)

/** Articles and what stands for one, always before a thing. */
export const ARTICLES = wordSet('a an the my your his her its our their this these those each every another')

/** After one of these a word in `-s` is what it does: `a worker crashes`. */
const ONE_BEFORE = wordSet('a an each every one this that another')

/** What follows a noun in `-ing` rather than someone's doing. */
const AFTER_NOUN = wordSet('of is are was were has that which in at on and or')

/** Between an article and its noun. */
const BETWEEN = wordSet(
  'more most very new own same first second third last little big good great best better',
)

/** Stretches of words that name things, between the words and the punctuation that do not. */
export function runsOf(text: string, language: Language): Run[] {
  const runs: Run[] = []
  let run: Run | undefined
  let previousEnd = 0
  let before = ''
  let article = ''
  for (const { text: word, index } of wordsOf(text, language.tag)) {
    const lower = lowerOf(word)
    if (/[^\s]/.test(text.slice(previousEnd, index))) {
      run = undefined
      before = ''
      article = ''
    }
    const opening = previousEnd === 0
    if (namesThings(word, lower, { run, before, opening }, language)) {
      if (!run) {
        run = { words: [], start: index, end: index, before, after: '', article, opening }
        runs.push(run)
      }
      run.words.push(word)
      run.end = index + word.length
    } else {
      if (run) run.after = lower
      run = undefined
    }
    if (!BETWEEN.has(lower)) article = language.determiners.has(lower) ? lower : ''
    before = lower
    previousEnd = index + word.length
  }
  return language.tag === 'en' ? runs.map(dropVerb).filter(({ words }) => words.length > 0) : runs
}

export const lowerOf = (word: string) => word.toLowerCase().replaceAll('’', "'")

/**
 * Without what is a verb by its place: before an article or a pronoun (`the machine suggests a headline`),
 * after one thing (`a worker crashes`), or between things (`the plate leaks air`).
 */
function dropVerb(run: Run): Run {
  const { words, before, after } = run
  const acts = words.findIndex(
    (word, at) =>
      at > 0 &&
      /^\p{Ll}+(?:[^sui]s|ing)$/u.test(word) &&
      (at < words.length - 1 || (word.endsWith('s') && ONE_BEFORE.has(before))),
  )
  const last = words.at(-1)!
  const object =
    /^\p{Ll}/u.test(last) &&
    (OBJECTS.has(after) || (/.ing$/.test(last) && after !== '' && !AFTER_NOUN.has(after)))
  const cut = acts > 0 ? acts : object ? words.length - 1 : words.length
  if (cut === words.length) return run
  const dropped = words.slice(cut).join(' ')
  return {
    ...run,
    words: words.slice(0, cut),
    end: run.end - dropped.length - 1,
    after: lowerOf(words[cut]!),
  }
}

/** Whether a word can be part of a name for a thing: not a stop word, a figure, an adverb or a verb. */
function namesThings(
  word: string,
  lower: string,
  { run, before, opening }: { run?: Run; before: string; opening: boolean },
  language: Language,
): boolean {
  if (!isTerm(lower, language) || /^[\p{N}@]/u.test(word) || language.verbs.has(lower)) return false
  if (language.prepositions.has(lower)) return false
  if (language.nounsCapitalised) return /^\p{Lu}/u.test(word) && !opening
  if (isUnspaced(language.tag)) return !/^[〇一二三四五六七八九十百千万億]/u.test(word)
  if (language.tag !== 'en' || /^\p{Lu}/u.test(word)) return true
  if (/(?:ly|n't)$/.test(lower) || ACTORS.has(before)) return false
  // A participle describes a thing after an article (`the paused worker`), else it is what someone did.
  const described = run === undefined && language.determiners.has(before)
  if (/[^e]ed$/.test(lower) && lower.length > 4) return described
  return (
    !/ing$/.test(lower) || lower.length < 6 || described || (run !== undefined && ARTICLES.has(run.article))
  )
}

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/))
}
