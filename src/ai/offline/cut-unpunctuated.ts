import type { Language } from '#src/ai/offline/languages/language.ts'

/** A cut wants so many characters before it: the surer the place, the fewer. */
const CHARS_BEFORE = { opener: 24, linked: 36, bare: 40 } as const
/** Beyond the first the last fair place is taken, beyond the second any linking word. */
const CHARS_MAX = 220
const CHARS_MAX_HARD = 320
/** `if you feed it you're starving it`: what follows belongs to the condition, for so many characters. */
const CONDITION_CHARS_MAX = 130

const CONDITIONS = new Set('if when unless once whenever after before until because since while'.split(' '))

const OPENERS = new Set('okay ok alright anyway'.split(' '))
/** `so many` and `so far` go on. */
const AFTER_SO_INSIDE = new Set('many much far that long good bad few little on'.split(' '))
/** Before a pronoun these make its clause a part of theirs: `the bread that it made`, `because it's sour`. */
const HOLDS = new Set(
  `that which who whom what where when why how if because as than while since until though although unless whether
  and or but so is are was were be to of in on at by for with from about like think know say says said see sure
  believe guess hope mean means sounds crazy`.split(/\s+/),
)
const CONTRACTED = /^(?:i|we|you|they|he|she|it|that|there|here)['’](?:s|m|re|ve|ll|d)$/

type Word = { text: string; start: number; end: number }

/**
 * Where sentences likely begin in a text without punctuation, as captions are: at `okay`, at a linking word
 * before a subject, at `that's`. Returns offsets of the words that begin one, the first word's not among them.
 */
export function sentenceStarts(text: string, language: Language): number[] {
  const words: Word[] = []
  for (const { 0: word, index } of text.matchAll(/\S+/g)) {
    words.push({ text: word.toLowerCase().replaceAll('’', "'"), start: index, end: index + word.length })
  }
  const starts: number[] = []
  let start = 0
  let fair = 0
  let link = 0
  let condition = false
  for (let at = 1; at < words.length; at++) {
    const place = placeOf(words, at, language)
    const chars = words[at]!.start - start
    condition ||= CONDITIONS.has(words[at - 1]!.text)
    const held = condition && place === 'bare' && chars < CONDITION_CHARS_MAX
    if (place && !held && chars >= CHARS_BEFORE[place]) {
      start = words[at]!.start
      starts.push(start)
      condition = false
    } else if (chars > CHARS_MAX && (fair > start || chars > CHARS_MAX_HARD)) {
      start = fair > start ? fair : link > start ? link : words[at]!.start
      starts.push(start)
      condition = false
    }
    if (place) fair = words[at]!.start
    if (language.connectives.includes(words[at]!.text)) link = words[at]!.start
  }
  return starts
}

function placeOf(
  words: readonly Word[],
  at: number,
  language: Language,
): keyof typeof CHARS_BEFORE | undefined {
  const [before, word, next] = [words[at - 1]!.text, words[at]!.text, words[at + 1]?.text ?? '']
  if (OPENERS.has(before) || (language.connectives.includes(before) && before !== 'then')) return undefined
  if (OPENERS.has(word) || (word === 'let' && next === 'me')) return 'opener'
  if (word === 'now' && /^(?:number|so|let|the|here|this|what|i|we|you)$/.test(next)) return 'opener'
  if (word === 'so') return AFTER_SO_INSIDE.has(next) || HOLDS.has(before) ? undefined : 'linked'
  if (language.connectives.includes(word)) return opensClause(next, language) ? 'linked' : undefined
  return CONTRACTED.test(word) && !HOLDS.has(before) ? 'bare' : undefined
}

function opensClause(
  word: string,
  { firstPerson, secondPerson, backReferences, pronouns }: Language,
): boolean {
  const subject = /^(?:if|when|then|there|everything|everybody)$/.test(word) || CONTRACTED.test(word)
  return (
    subject ||
    firstPerson.has(word) ||
    secondPerson.has(word) ||
    pronouns.has(word) ||
    (backReferences.has(word) && !/^(?:none|some|other|both)$/.test(word))
  )
}
