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

/** One spelling of a phrase, with the articles it was met with. */
type Form = { text: string; head: string; count: number; the: number; a: number; none: number }

type Entry = NounPhrase & {
  forms: Map<string, Form>
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
    .map(({ forms, ...phrase }) => {
      const form = commonForm(forms)
      const named = phrase.named > phrase.count / 2
      return { ...phrase, bare: form.text, text: named ? form.text : withArticle(form, language) }
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
  }
  entries.set(key, entry)
  entry.count += weight
  entry.thing += mention.thing ? weight : 0
  entry.named += mention.named ? weight : 0
  entry.given ||= mention.given
  entry.opens ||= source.opens
  const text = isUnspaced(tag) ? mention.words.join('') : mention.core
  const form = entry.forms.get(text) ?? { text, head: mention.head, count: 0, the: 0, a: 0, none: 0 }
  entry.forms.set(text, form)
  form.count += weight
  const article = DEFINITE.has(mention.article) ? 'the' : INDEFINITE.has(mention.article) ? 'a' : 'none'
  form[article] += mention.given ? weight * GIVEN_WEIGHT : weight
}

const commonForm = (forms: ReadonlyMap<string, Form>): Form =>
  [...forms.values()].sort((a, b) => b.count - a.count || (a.text < b.text ? 1 : -1))[0]!

/** English says `the worker`, but `workers` and `shadow traffic`: as it was said most. */
function withArticle({ text, head, the, a, none }: Form, { tag }: Language): string {
  const plural = /[^sui]s$/.test(head) || /^(?:people|children)$/.test(head)
  // Two words often name a stuff (`shadow traffic`), one word seldom does.
  const bare = text.includes(' ') ? none >= the + a : none > the + a
  if (tag !== 'en' || plural || bare) return text
  if (the >= a) return `the ${text}`
  return `${/^(?!eu|uni|us[aeu]|one\b|once)[aeiou]/i.test(text) ? 'an' : 'a'} ${text}`
}
