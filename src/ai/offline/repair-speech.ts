import type { Language } from '#src/ai/offline/languages/language.ts'

/** Said twice on purpose, or by grammar: `he had had enough`. */
const REPEATS_ALLOWED = new Set('had that very no really bye sie nous vous die der'.split(' '))
/** May end one clause and open the next: `the room you live in, in its case`. */
const PARTICLES = new Set('in on up at to by for of out off over through'.split(' '))
const FALSE_START_WORDS_MAX = 4
const RESTART_WORDS_MAX = 5
/** How soon after a pause the word before it comes again when someone starts over. */
const RESTART_REACH_WORDS = 6

/** Without what the speaker took back: `the queue, I mean, the database was slow`. */
export function takeFalseStart(text: string, { repairs }: Language): string {
  const lower = text.toLowerCase().replaceAll('’', "'")
  for (const repair of repairs) {
    const at = lower.indexOf(`, ${repair}`)
    if (at < 0) continue
    const rest = text.slice(at + 2 + repair.length).match(/^,?\s+(.+)$/)?.[1] ?? ''
    const fits =
      wordCount(text.slice(0, at)) <= FALSE_START_WORDS_MAX && wordCount(rest) >= FALSE_START_WORDS_MAX
    if (fits) return rest
  }
  return text
}

/** Whether someone paused and began anew: `a horn has, um, a large one has three valves`. */
export function isRestarted(text: string, hesitation: RegExp): boolean {
  const at = text.search(hesitation)
  if (at < 0) return false
  const head = bareWords(text.slice(0, at))
  if (head.length < 2 || head.length > RESTART_WORDS_MAX) return false
  const rest = bareWords(text.slice(at).replace(hesitation, ' ')).slice(0, RESTART_REACH_WORDS)
  const again = rest.indexOf(head.at(-1)!)
  return again > 0 && rest.slice(0, again + 1).join(' ') !== head.slice(-again - 1).join(' ')
}

/** Keeps the last of words said twice: `we, we have, we have to` becomes `we have to`. */
export function takeRepeats(text: string, language: Language): string {
  const tokens = text.split(' ')
  const bare = tokens.map((token) => token.toLowerCase().replace(/[,—–-]+$/, ''))
  if (new Set(bare).size === bare.length) return text
  const kept: string[] = []
  for (let i = 0; i < tokens.length; i++) {
    const size = [3, 2, 1].find((size) => isSaidAgain(tokens, bare, { at: i, size, language }))
    if (size === undefined) kept.push(tokens[i]!)
    else i += size - 1
  }
  return kept.join(' ')
}

type Place = { at: number; size: number; language: Language }

function isSaidAgain(tokens: string[], bare: string[], { at, size, language }: Place): boolean {
  if (at + size * 2 > tokens.length) return false
  for (let k = 0; k < size; k++) if (!bare[at + k] || bare[at + k] !== bare[at + size + k]) return false
  if (/[.!?]$/.test(tokens[at + size - 1]!)) return false
  const word = bare[at]!
  const setOff = /[,—–-]$/.test(tokens[at + size - 1]!)
  // `one to one to one` and `up and up and up` are meant so.
  if (size > 1) return setOff || isSubject(word, language)
  if (REPEATS_ALLOWED.has(word) || /^\d+$/.test(word)) return false
  if (setOff && PARTICLES.has(word) && language.verbs.has(bare[at - 1] ?? '')) return false
  // `Duran Duran` is no stutter.
  const name = /^\p{Lu}\p{L}/u.test(tokens[at + 1]!)
  return setOff || (word.length <= 5 && !name)
}

const isSubject = (word: string, { firstPerson, secondPerson, backReferences }: Language) =>
  firstPerson.has(word) || secondPerson.has(word) || backReferences.has(word)

const bareWords = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}'’]+/gu) ?? []

const wordCount = (text: string) => bareWords(text).length
