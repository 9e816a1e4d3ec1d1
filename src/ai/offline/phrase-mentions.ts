import type { Language } from '#src/ai/offline/languages/language.ts'
import { namedTermsOf } from '#src/ai/offline/named-terms.ts'
import { ARTICLES, lowerOf, type Run, runsOf } from '#src/ai/offline/noun-runs.ts'
import type { NounSense } from '#src/ai/offline/noun-sense.ts'
import { wordsOf } from '#src/ai/offline/words.ts'

/** A noun phrase as it stands in a sentence. */
export type Mention = {
  /** Without its article, in lower case where only its place gave it a capital. */
  core: string
  words: string[]
  /** The word that says what kind of thing it is: `key` of `the key of the request`. */
  head: string
  /** Its article or what stands for one, in lower case. */
  article: string
  /** It stands where only a thing can be named. */
  thing: boolean
  named: boolean
  /** The sentence says that this is what it is called. */
  given: boolean
}

/** A verb or `of` after a word says that it names a thing. */
const AFTER_THING = /^(?:of|is|are|was|were|has|have|had|will|can|could|would|should|that|which|who)$/

/** All noun phrases of a sentence, short and long: `paused worker`, `worker`, `the key of the request`. */
export function mentionsOf(
  text: string,
  language: Language,
  senseOf: (word: string) => NounSense,
): Mention[] {
  const runs = runsOf(text, language).flatMap((run) => trimRun(run, language, senseOf) ?? [])
  return [
    ...runs.flatMap((run) => partsOf(run, language)),
    ...runs.flatMap((run, at) => joinedOf(run, runs[at + 1], text, language) ?? []),
    ...namedTermsOf(text, language).map(({ article, words }) => ({
      core: words.join(' '),
      words,
      head: words.at(-1)!,
      article,
      thing: true,
      named: false,
      given: true,
    })),
  ]
}

/** Without the verbs and adjectives that it ends in, as far as the material tells them. */
function trimRun(run: Run, { tag }: Language, senseOf: (word: string) => NounSense): Run | undefined {
  if (tag !== 'en') return run
  const words = [...run.words]
  let { start, end, after } = run
  // `requires large amounts`: without an article, a first word in `-s` is likely a verb.
  if (words.length > 1 && !ARTICLES.has(run.article) && /^\p{Ll}+[^sui]s$/u.test(words[0]!)) {
    start += words.shift()!.length + 1
  }
  const trimmed = words.length
  while (words.length > 0 && isNoThing(words.at(-1)!, senseOf)) {
    after = lowerOf(words.pop()!)
    end -= after.length + 1
  }
  const last = words.at(-1)
  if (!last || (words.length < trimmed && senseOf(last) !== 'yes')) return undefined
  return { ...run, words, start, end, after }
}

function isNoThing(word: string, senseOf: (word: string) => NounSense): boolean {
  if (/^\p{Lu}/u.test(word)) return false
  const sense = senseOf(word)
  return sense === 'no' || (sense !== 'yes' && word.length > 5 && /(?:[ai]ble|ous|ful|less|ical)$/.test(word))
}

function partsOf(run: Run, language: Language): Mention[] {
  const { words } = run
  const named = isNamed(run, language)
  const thing = named || run.article !== '' || AFTER_THING.test(run.after)
  const own = run.opening && !named ? lowerFirst(words, language) : words
  const sizes = named ? [own.length] : [...new Set([own.length, 2, 1])].filter((size) => size <= own.length)
  return sizes.map((size) => {
    const part = own.slice(-size)
    const core = part.join(' ').replace(/['’]s$/, '')
    return { core, words: part, head: part.at(-1)!, article: run.article, thing, named, given: false }
  })
}

/** `key` and `request` to `key of the request`. */
function joinedOf(run: Run, next: Run | undefined, text: string, language: Language): Mention | undefined {
  if (!next || !language.joiners.has(run.after)) return undefined
  // `the search for a cure`, but not `filed for a divorce` nor `in charge of`.
  const plural = run.after === 'of' && /[^sui]s$/.test(run.words.at(-1)!)
  if (language.tag === 'en' && !ARTICLES.has(run.article) && !plural) return undefined
  const between = wordsOf(text.slice(run.end, next.start), language.tag).map(({ text }) => lowerOf(text))
  const plain = between.length === 1 || (between.length === 2 && /^(?:the|an?)$/.test(between[1]!))
  if (!plain || /[^\s\p{L}]/u.test(text.slice(run.end, next.start))) return undefined
  const first = run.opening && !isNamed(run, language) ? lowerFirst(run.words, language) : run.words
  return {
    core: `${first.join(' ')}${text.slice(run.end, next.end)}`.replace(/['’]s$/, ''),
    words: [...first, ...next.words],
    head: first.at(-1)!,
    article: run.article,
    thing: true,
    named: isNamed(run, language) && isNamed(next, language),
    given: false,
  }
}

function isNamed({ words, opening }: Run, { nounsCapitalised }: Language): boolean {
  return !nounsCapitalised && words.every((word) => /^\p{Lu}/u.test(word)) && (!opening || words.length > 1)
}

/** A sentence's first capital says nothing about the word, except where nouns have theirs. */
function lowerFirst(words: readonly string[], { nounsCapitalised }: Language): string[] {
  const [first = '', ...rest] = words
  const plain = /^\p{Lu}\p{Ll}+$/u.test(first) && !nounsCapitalised
  return [plain ? first.toLowerCase() : first, ...rest]
}
