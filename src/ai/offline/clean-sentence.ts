import type { Language } from '#src/ai/offline/languages/language.ts'
import { phraseFinder } from '#src/ai/offline/phrase-finder.ts'
import { isRestarted, takeFalseStart, takeRepeats } from '#src/ai/offline/repair-speech.ts'
import { STAGE_DIRECTION } from '#src/ai/offline/sentences.ts'

export type CleanSentence = {
  /** As it stands alone: without the link to the sentence before. */
  text: string
  /** As it follows the sentence before it, when that differs. */
  joined?: string
  /** Why it cannot be written: said to the room, broken off, or with words missing. */
  unfit?: 'housekeeping' | 'broken'
  /** It opened with `yes`, `no`: an answer, empty without its question. */
  answers: boolean
}

const OPENERS_MAX = 5
/** Opening words that are empty even where nothing sets them off, as in captions. */
const BARE_OPENERS = new Set('okay ok alright yeah well now um uh hey'.split(' '))

/**
 * Takes away what speech leaves behind (sounds, fillers, repeated words, empty openings) and markup.
 * Only takes away: what remains stands in the source in the same order, but for the first capital and a
 * missing full stop.
 */
export function cleanSentence(raw: string, language: Language, speech: boolean): CleanSentence {
  const rules = rulesOf(language)
  const plain = tidy(stripMarkup(raw))
  const spoken = speech ? takeFillers(takeFalseStart(plain, language), rules, language) : plain
  const restarted = speech && isRestarted(plain, rules.hesitation)
  const unfit = restarted ? 'broken' : (unfitness(plain, rules, false) ?? unfitness(spoken, rules, speech))
  const { text: opened, answers } = speech
    ? takeOpeners(spoken, rules, language)
    : { text: spoken, answers: false }
  const connective = opened.match(rules.connective)?.[0] ?? ''
  const written = speech && language.tag === 'en' ? capitalI(opened) : opened
  const alone = finish(written.slice(connective.length))
  // `And` adds nothing even beside the sentence before; `but` does.
  const link = connective.replace(/,?\s+$/, '').toLowerCase()
  const additive = link === language.and || (speech && language.thinLinks.includes(link))
  const joined = additive ? alone : finish(written)
  const leftover = speech && rules.filler.test(alone)
  return {
    text: alone,
    joined: joined === alone ? undefined : joined,
    unfit: unfit ?? (leftover ? 'broken' : undefined),
    answers,
  }
}

type Rules = {
  hesitation: RegExp
  fillerSetOff: RegExp
  fillerLast: RegExp
  fillerBare: RegExp
  hedge: RegExp
  filler: RegExp
  opener: RegExp
  connective: RegExp
  holdsHousekeeping: (text: string) => boolean
}

const rulesByTag = new Map<string, Rules>()

function rulesOf(language: Language): Rules {
  const known = rulesByTag.get(language.tag)
  if (known) return known
  const fillers = anyOf(language.fillers)
  const rules: Rules = {
    hesitation: new RegExp(`,?\\s*${edge}${anyOf(language.hesitations)}${end}[,.…]*(?=\\s|$|[?!])`, 'giu'),
    fillerSetOff: new RegExp(`\\s*[,—–]\\s*${fillers}\\s*[,—–]`, 'giu'),
    // With what ends the sentence: `it failed, right?` asks nothing.
    fillerLast: new RegExp(`,\\s*${fillers}\\s*[.!?…]*$`, 'iu'),
    fillerBare: new RegExp(
      `${edge}${anyOf(language.fillers.filter((filler) => filler.includes(' ')))}${end}`,
      'giu',
    ),
    hedge:
      /(?<=\b(?:i|we|you|they|he|she|it|is|are|was|were|be|been|'s|’s|'re|’re|just|really|have|had|do|did|can|could|would|to|and|but|also|then|that) )(?:sort|kind) of /giu,
    filler: /\b(?:um+|uh+|erm|i mean,|you know,|sort of (?!thing)|, like,|like, |kinda)(?=\W|\w|$)/iu,
    opener: new RegExp(`^${anyOf(language.openers)}${end}`, 'iu'),
    // `In addition to` and `instead of` link nothing to the sentence before.
    connective: new RegExp(`^${anyOf(language.connectives)}${end}(?! (?:to|of|than) ),?\\s+`, 'iu'),
    holdsHousekeeping: phraseFinder(language.housekeeping),
  }
  rulesByTag.set(language.tag, rules)
  return rules
}

const edge = '(?<![\\p{L}\\p{N}])'
const end = '(?![\\p{L}\\p{N}])'

/** An alternation of literal phrases; one that never matches when there are none. */
function anyOf(phrases: readonly string[]): string {
  if (phrases.length === 0) return '(?!)'
  return `(?:${phrases.map((phrase) => RegExp.escape(phrase).replaceAll("'", "['’]")).join('|')})`
}

function stripMarkup(raw: string): string {
  return raw
    .toWellFormed()
    .replaceAll('\uFFFD', '')
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(STAGE_DIRECTION, ' ')
    .replace(/[[(]\d{1,2}:\d{2}(?::\d{2})?(?:\.\d{1,3})?[\])]/g, ' ')
    .replace(/\s?\[(?:\d{1,3}|[a-z]|[a-z]{2}(?:; [a-z]{2}){0,4}|citation needed|edit)\]/gi, '')
    .replace(/[♪♫]/g, ' ')
    .replace(/\\+\s*$/, '')
    .replace(/^\s*(?:[-*+•>]|#{1,6}|\d{1,3}[.)])\s+/, '')
}

function unfitness(plain: string, rules: Rules, speech: boolean): CleanSentence['unfit'] {
  if (/(?:--|[-—–…]|\.\.\.)["”']?$/.test(plain)) return 'broken'
  if (/[[(](?:inaudible|unintelligible|crosstalk|unverständlich|inaudible\s\d+)[\])]/i.test(plain))
    return 'broken'
  if (speech && rules.holdsHousekeeping(plain)) return 'housekeeping'
  return undefined
}

function takeFillers(plain: string, rules: Rules, language: Language): string {
  let text = plain.replace(rules.hesitation, ' ')
  // Twice: one filler's comma may be the next one's.
  for (let pass = 0; pass < 2; pass++) text = tidy(takeSetOff(text, rules, language))
  text = text.replace(rules.fillerLast, '').replace(rules.hedge, '')
  // Captions without punctuation set nothing off.
  if (!/[.,;:!?]/.test(plain)) text = text.replace(rules.fillerBare, ' ')
  return tidy(takeRepeats(text, language))
}

/** Both commas go, for they stand there for the filler's sake; one stays before a pronoun, which opens a clause. */
function takeSetOff(
  text: string,
  rules: Rules,
  { firstPerson, secondPerson, backReferences }: Language,
): string {
  return text.replace(rules.fillerSetOff, (filler: string, at: number) => {
    const next = text.slice(at + filler.length, at + filler.length + 24).match(/[\p{L}'’]+/u)?.[0] ?? ''
    const word = next.toLowerCase().replaceAll('’', "'")
    const clause = firstPerson.has(word) || secondPerson.has(word) || backReferences.has(word)
    // `called us, understandably upset, and`: an aside of its own keeps its comma.
    const aside = /^\s*\p{L}+ly \p{L}+[,.;!]/u.test(text.slice(at + filler.length, at + filler.length + 60))
    return clause || aside ? ', ' : ' '
  })
}

function takeOpeners(spoken: string, rules: Rules, language: Language) {
  const bare = !/[.,;:!?]\s/.test(spoken)
  let text = spoken
  let answers = false
  for (let taken = 0; taken < OPENERS_MAX; taken++) {
    const opener = text.match(rules.opener)?.[0]
    if (!opener) break
    const word = opener.toLowerCase()
    const rest = text.slice(opener.length)
    const linking = language.connectives.includes(word)
    // Without a comma only a linking word is surely empty: `so the queue`, but not `right answers`.
    if (!/^\s*[,.—–]/.test(rest) && !linking && !(bare && BARE_OPENERS.has(word))) break
    if (linking && !/^\s*,/.test(rest)) break
    if (rest.replace(/^[\s,.—–]+/, '').length < 8) break
    answers ||= language.answers.has(word)
    text = rest.replace(/^[\s,.—–]+/, '')
  }
  return { text, answers }
}

function tidy(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/\s+(?=[,.;:!?])/g, '')
    .replace(/,\s?(?=,)/g, '')
    .replace(/^[\s,;—–]+/, '')
    .replace(/,(?=[.!?])/g, '')
    .trim()
}

/** Captions write the English `I` small. */
const capitalI = (text: string) =>
  text.replace(/(?<![\p{L}\p{N}'’.-])i(?=['’](?:m|ve|ll|d)(?!\p{L})|[\s,;:!?]|$)/gu, 'I')

function finish(text: string): string {
  const bare = tidy(text)
  const capital = bare.replace(
    /^(["“‘'«(]?)(\p{Ll})(?![\p{L}\p{N}]*[\p{Lu}\p{N}])/u,
    (_, quote, letter) => quote + capitalOf(letter),
  )
  return /[\p{L}\p{N}%)\]"”’'»]$/u.test(capital) &&
    !/[.!?。！？…]["”’'»)\]]*$/u.test(capital) &&
    isSpaced(capital)
    ? `${capital}.`
    : capital
}

/** Scripts that end a sentence with a point of their own, or with none. */
const isSpaced = (text: string) =>
  !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]["”’'»)\]]*$/u.test(text)

/** The capital of a letter, where it is the capital of no other letter: cleaning must not change the word. */
function capitalOf(letter: string): string {
  const upper = letter.toUpperCase()
  return upper.toLowerCase() === letter ? upper : letter
}
