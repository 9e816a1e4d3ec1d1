import type { Language } from '#src/ai/offline/languages/language.ts'
import type { NounSense } from '#src/ai/offline/noun-sense.ts'
import { type Mention, mentionsOf } from '#src/ai/offline/phrase-mentions.ts'
import { isUnspaced, stemOf } from '#src/ai/offline/words.ts'
import type { Pace } from '#src/pace.ts'

const PHRASE_WORDS_MAX = 4
const PHRASE_CHARS_MAX = 60
/** How something is called where it gets its name counts for this many other times. */
const GIVEN_WEIGHT = 3

/** What phrases are read from: `weight` is how much the sentence counts, `opens` that it comes first. */
export type PhraseSource = { text: string; weight: number; opens: boolean }

/** A phrase in the source's own words. Counts are weighted as the sentences are. */
export type NounPhrase = {
  key: string
  /** Without its article, and with one where it needs it. */
  bare: string
  text: string
  stems: string[]
  count: number
  /** How often it stood where only a thing can stand, and as a name. */
  thing: number
  named: number
  given: boolean
  opens: boolean
}

type Entry = NounPhrase & {
  forms: Map<string, { count: number; head: string }>
  articles: Record<'the' | 'a' | 'none', number>
}

const DEFINITE = new Set('the my your his her its our their this that these those each every both'.split(' '))
const INDEFINITE = new Set(['a', 'an', 'one', 'another'])

/** The noun phrases of some sentences, those that are but vague words left out. */
export async function nounPhrasesOf(
  sources: readonly PhraseSource[],
  language: Language,
  { senseOf, pace }: { senseOf: (word: string) => NounSense; pace: Pace },
): Promise<NounPhrase[]> {
  const entries = new Map<string, Entry>()
  for (const source of sources) {
    await pace()
    for (const mention of mentionsOf(source.text, language, senseOf)) {
      if (isFit(mention, language)) count(entries, mention, source, language)
    }
  }
  return [...entries.values()]
    .filter((entry) => isOne(entry, language))
    .map(({ forms, articles, ...phrase }) => {
      const { form, head } = commonForm(forms)
      const named = phrase.named > phrase.count / 2
      return { ...phrase, bare: form, text: named ? form : withArticle(form, head, articles, language) }
    })
}

/** Where adjectives come last or nouns stand side by side, only what is said again is surely one phrase. */
function isOne({ stems, count, named }: Entry, { tag }: Language): boolean {
  return stems.length === 1 || tag === 'en' || isUnspaced(tag) || named > 0 || count > 1
}

function isFit({ core, words, article, named, given }: Mention, { vague, tag }: Language): boolean {
  if (words.length > PHRASE_WORDS_MAX || core.length > PHRASE_CHARS_MAX) return false
  if (named || given) return true
  if (tag === 'de' && /^(?:des|eines|\p{Ll}+es)$/u.test(article)) return false
  if (tag === 'en' && /^\p{Ll}+[^e]ed$/u.test(words.at(-1)!)) return false
  return !words.some((word) => vague.has(word.toLowerCase()))
}

function count(entries: Map<string, Entry>, mention: Mention, source: PhraseSource, { tag }: Language) {
  const stems = mention.words.map((word) => stemOf(word, tag))
  if (new Set(stems).size < stems.length) return
  const key = stems.join(' ')
  const { weight } = source
  const entry = entries.get(key) ?? {
    key,
    bare: '',
    text: '',
    stems,
    count: 0,
    thing: 0,
    named: 0,
    given: false,
    opens: false,
    forms: new Map(),
    articles: { the: 0, a: 0, none: 0 },
  }
  entries.set(key, entry)
  entry.count += weight
  entry.thing += mention.thing ? weight : 0
  entry.named += mention.named ? weight : 0
  entry.given ||= mention.given
  entry.opens ||= source.opens
  const form = isUnspaced(tag) ? mention.words.join('') : mention.core
  entry.forms.set(form, { count: (entry.forms.get(form)?.count ?? 0) + weight, head: mention.head })
  const article = DEFINITE.has(mention.article) ? 'the' : INDEFINITE.has(mention.article) ? 'a' : 'none'
  entry.articles[article] += mention.given ? weight * GIVEN_WEIGHT : weight
}

function commonForm(forms: Entry['forms']): { form: string; head: string } {
  const sorted = [...forms].sort(([a, x], [b, y]) => y.count - x.count || (a < b ? 1 : -1))
  return { form: sorted[0]![0], head: sorted[0]![1].head }
}

/** English says `the worker`, but `workers` and `shadow traffic`: as it was said most. */
function withArticle(form: string, head: string, articles: Entry['articles'], { tag }: Language): string {
  const plural = /[^sui]s$/.test(head) || /^(?:people|children)$/.test(head)
  // Two words often name a stuff (`shadow traffic`), one word seldom does.
  const known = articles.the + articles.a
  const bare = form.includes(' ') ? articles.none >= known : articles.none > known
  if (tag !== 'en' || plural || bare) return form
  if (articles.the >= articles.a) return `the ${form}`
  return `${/^(?!eu|uni|us[aeu]|one\b|once)[aeiou]/i.test(form) ? 'an' : 'a'} ${form}`
}
