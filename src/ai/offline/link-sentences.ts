import type { Analysis, Passage, Sentence } from '#src/ai/offline/analysis.ts'
import type { Language } from '#src/ai/offline/languages/language.ts'
import { wordsOf } from '#src/ai/offline/words.ts'
import type { Pace } from '#src/pace.ts'

const QUESTION_WORDS_MIN = 4
const QUESTION_WORDS_MAX = 45
/** A shorter answer is no sentence without its question. */
const ANSWER_WORDS_MIN = 9
/** A pronoun that nothing before it explains; in a talk of several it may point at another's words. */
const UNEXPLAINED_QUALITY = 0.5
const UNEXPLAINED_TURN_QUALITY = 0.25
/** A shorter turn between two of others is an interjection. */
const TURN_WORDS_MIN = 12
/** Between a sentence and what it points back at so many scraps (`Eleven.`) may stand. */
const SCRAPS_MAX = 2
const SCRAP_WORDS_MAX = 3
const ECHO_WORDS_MAX = 12

/**
 * Finds for each sentence what must stand before it: an answer's question, and what it points back at.
 * A sentence that points at nothing usable is given up.
 */
export async function linkSentences(analysis: Analysis, pace: Pace): Promise<void> {
  const speakers = firstNamesOf(analysis)
  for (const [at, passage] of analysis.passages.entries()) {
    await pace()
    const sentences = analysis.sentences.slice(passage.from, passage.to)
    if (isInterjection(analysis, at)) for (const sentence of sentences) sentence.usable = false
    for (const sentence of sentences) {
      await pace()
      if (introducesSpeaker(analysis, passage, sentence)) sentence.usable = false
      if (isEcho(analysis, at, sentence)) sentence.usable = false
      if (addresses(sentence, speakers) || asksFavour(sentence, analysis.language)) sentence.usable = false
    }
    const first = sentences.find((sentence) => sentence.usable && !sentence.question)
    const question = first && questionBefore(analysis, at)
    for (const sentence of sentences) link(analysis, sentence, sentence === first ? question : undefined)
  }
}

function link(analysis: Analysis, sentence: Sentence, question: Sentence | undefined) {
  const before = antecedentOf(analysis, sentence)
  const readable = before && follows(analysis, before, sentence) ? before : undefined
  if (question) {
    if (isAsked(question)) sentence.needs = question.index
    else if (sentence.words < ANSWER_WORDS_MIN || sentence.reference !== 'none') {
      sentence.usable = false
    }
  } else if (sentence.reference === 'hard' || (sentence.answers && sentence.words < ANSWER_WORDS_MIN)) {
    if (readable && !readable.question) sentence.needs = readable.index
    else sentence.usable = false
  } else if (readable?.question && readable.passage === sentence.passage && isAsked(readable)) {
    sentence.needs = readable.index
  } else if (sentence.reference === 'soft') {
    leanOn(analysis, sentence, readable)
  }
  if (!sentence.usable) sentence.quality = 0
}

/** The sentence before, past scraps; nothing when it cannot carry another. */
function antecedentOf({ sentences, passages }: Analysis, { index, passage }: Sentence): Sentence | undefined {
  let at = index - 1
  const isScrap = () => sentences[at]!.words <= SCRAP_WORDS_MAX && !sentences[at]!.question
  const first = Math.max(passages[passage]!.from, index - 1 - SCRAPS_MAX)
  while (at > first && isScrap()) at--
  const before = sentences[at]
  return before?.usable && before.carries ? before : undefined
}

function leanOn(analysis: Analysis, sentence: Sentence, before: Sentence | undefined) {
  const near = before?.passage === sentence.passage && !before.question
  if (near && sentence.question) sentence.needs = before.index
  else if (near) sentence.leans = before.index
  else if (sentence.question) sentence.usable = false
  else sentence.quality *= opensTurn(analysis, sentence) ? UNEXPLAINED_TURN_QUALITY : UNEXPLAINED_QUALITY
}

/** The question that someone else asked right before a passage. */
function questionBefore({ passages, sentences }: Analysis, at: number): Sentence | undefined {
  const asking = passages[at - 1]
  const answering = passages[at]!
  if (!asking || asking.source !== answering.source || asking.speaker === answering.speaker) return undefined
  return sentences.slice(asking.from, asking.to).findLast((sentence) => sentence.question)
}

const isAsked = ({ usable, words }: Sentence) =>
  usable && words >= QUESTION_WORDS_MIN && words <= QUESTION_WORDS_MAX

function opensTurn({ passages }: Analysis, { index, passage }: Sentence): boolean {
  const [before, own] = [passages[passage - 1], passages[passage]!]
  return own.from === index && before !== undefined && before.speaker !== own.speaker
}

/** `Famous last words.`, said into someone's turn, unless it answers. */
function isInterjection({ passages, sentences }: Analysis, at: number): boolean {
  const [before, own, after] = [passages[at - 1], passages[at]!, passages[at + 1]]
  if (own.speaker === undefined || before?.speaker === own.speaker || after?.speaker === own.speaker)
    return false
  if (before?.source !== own.source || sentences[before.to - 1]?.question) return false
  const turn = sentences.slice(own.from, own.to)
  const words = turn.reduce((sum, sentence) => sum + sentence.words, 0)
  return words < TURN_WORDS_MIN && !turn.some(({ question }) => question)
}

/** The next sentence of the same voice: of the passage, or of the same speaker's next passage. */
function follows(analysis: Analysis, before: Sentence, after: Sentence): boolean {
  if (before.passage === after.passage) return true
  const a = analysis.passages[before.passage]!
  const b = analysis.passages[after.passage]!
  return (
    a.source === b.source && a.speaker !== undefined && a.speaker === b.speaker && a.heading === b.heading
  )
}

/** `I'm Tomás`, said by Tomás. */
function introducesSpeaker({ language }: Analysis, { speaker }: Passage, sentence: Sentence): boolean {
  if (!speaker || !sentence.firstPerson) return false
  const names = wordsOf(speaker, language.tag).filter(({ text }) => text.length > 2)
  return names.some(({ text }) => sentence.text.includes(text))
}

/** Another's words said back to them: `A full shop is a slow shop.` */
function isEcho({ passages, sentences }: Analysis, at: number, { bag, words }: Sentence): boolean {
  const [before, own] = [passages[at - 1], passages[at]!]
  if (!before || !own.speaker || before.speaker === own.speaker || words > ECHO_WORDS_MAX) return false
  const last = sentences.slice(Math.max(before.from, before.to - 2), before.to)
  return bag.length > 0 && bag.every((term) => last.some((sentence) => sentence.bag.includes(term)))
}

function firstNamesOf({ passages, language }: Analysis): ReadonlySet<string> {
  const names = new Set(passages.flatMap(({ speaker }) => (speaker ? [speaker] : [])))
  return new Set([...names].flatMap((name) => wordsOf(name, language.tag).map(({ text }) => text)))
}

/** `Jo, you put a note about reviews.`, said to Jo. */
function addresses({ text }: Sentence, speakers: ReadonlySet<string>): boolean {
  const first = text.match(/^(?:(?:and|so|okay|but),? )?([\p{L}'’-]+),/iu)?.[1]
  const last = text.slice(text.lastIndexOf(', ')).match(/^, ([\p{L}'’-]+)[.?!]$/u)?.[1]
  return speakers.has(first ?? '') || speakers.has(last ?? '')
}

function asksFavour({ question, text }: Sentence, { requests }: Language): boolean {
  if (!question) return false
  const asked = text.toLowerCase()
  return requests.some((request) => asked.startsWith(`${request} `))
}
