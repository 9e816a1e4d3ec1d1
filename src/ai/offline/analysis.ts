import { type CleanSentence, cleanSentence } from '#src/ai/offline/clean-sentence.ts'
import { countsOnOthers, type Reference, referenceOf } from '#src/ai/offline/coherence.ts'
import { detectLanguage } from '#src/ai/offline/detect-language.ts'
import type { Language } from '#src/ai/offline/languages/language.ts'
import { languageOf } from '#src/ai/offline/languages/registry.ts'
import { linkSentences } from '#src/ai/offline/link-sentences.ts'
import { namedTermsOf } from '#src/ai/offline/named-terms.ts'
import { isClause, isQuestion, qualityOf } from '#src/ai/offline/quality.ts'
import { splitSentences } from '#src/ai/offline/sentences.ts'
import { createVocabulary, type Token, type Vocabulary } from '#src/ai/offline/vocabulary.ts'
import { isSpeech, type Voices, voicesOf } from '#src/ai/offline/voices.ts'
import { wordsOf } from '#src/ai/offline/words.ts'
import type { Material, MaterialPassage } from '#src/ai/provider.ts'
import type { Pace } from '#src/pace.ts'

const REPEAT_QUALITY = 0.3

export type Passage = MaterialPassage & {
  sourceId: string
  source: number
  /** Its sentences are `from..to` of the analysis. */
  from: number
  to: number
}

export type Sentence = {
  index: number
  /** Index of its passage in the analysis, and its place within the passage's text. */
  passage: number
  start: number
  end: number
  text: string
  joined?: string
  words: number
  question: boolean
  /** 0 when it may not be chosen for itself. */
  quality: number
  /** Whether it may be written at all. */
  usable: boolean
  /** It says enough for another to point back at it. */
  carries: boolean
  /** Index of the sentence that must stand before it, or -1. */
  needs: number
  /** Index of the sentence it reads better after, or -1. */
  leans: number
  /** It opened with `yes` or `no`. */
  answers: boolean
  reference: Reference
  firstPerson: boolean
  secondPerson: boolean
  contracted: boolean
  /** It says what something is called. */
  names: boolean
  /** Stems in order, with repeats, and the distinct terms with the names of several words. */
  bag: Int32Array
  terms: Int32Array
}

export type Analysis = Voices & {
  language: Language
  /** The sources' titles. */
  titles: string[]
  passages: Passage[]
  sentences: Sentence[]
  vocabulary: Vocabulary
  /** In how many sentences a term stands, and whether it is (part of) a name, by its id. */
  frequencies: Int32Array
  names: Uint8Array
  words: number
  speech: boolean
}

/** Reads the material once: sentences, cleaned and judged, with their terms. Linear in the text. */
export async function analyse(material: readonly Material[], pace: Pace): Promise<Analysis> {
  const language = languageOf(detectLanguage(sampleText(material)))
  const vocabulary = createVocabulary(language)
  const analysis: Analysis = {
    language,
    titles: material.map(({ title }) => title.trim()),
    passages: [],
    sentences: [],
    vocabulary,
    frequencies: new Int32Array(0),
    names: new Uint8Array(0),
    words: 0,
    ...voicesOf(material),
    speech: false,
  }
  const tokens: Token[][] = []
  for (const [source, { id, passages }] of material.entries()) {
    const speech = isSpeech(passages)
    analysis.speech ||= speech
    for (const passage of passages) {
      await readPassage(
        analysis,
        { ...passage, sourceId: id, source, from: 0, to: 0 },
        { speech, tokens, pace },
      )
    }
  }
  markRepeats(analysis.sentences)
  await linkSentences(analysis, pace)
  for (const sentence of analysis.sentences) {
    if (sentence.index % 64 === 0) await pace()
    const own = tokens[sentence.index]!
    sentence.terms = Int32Array.from(new Set([...sentence.bag, ...vocabulary.namesOf(own)]))
  }
  await count(analysis, tokens, pace)
  return analysis
}

function sampleText(material: readonly Material[]): string {
  return material
    .flatMap(({ passages }) => {
      const step = Math.max(1, Math.floor(passages.length / 40))
      return passages.filter((_, at) => at % step === 0).map((passage) => passage.text.slice(0, 600))
    })
    .join('\n')
}

async function readPassage(
  analysis: Analysis,
  passage: Passage,
  { speech, tokens, pace }: { speech: boolean; tokens: Token[][]; pace: Pace },
) {
  const { language, sentences, vocabulary } = analysis
  passage.from = sentences.length
  const cutOff = continues(analysis.passages.at(-1), passage, speech)
  if (cutOff) giveUp(sentences.at(-1))
  for (const span of splitSentences(passage.text, language)) {
    await pace()
    const clean = cleanSentence(passage.text.slice(span.start, span.end), language, speech)
    const full = clean.joined ?? clean.text
    const words = wordsOf(full, language.tag)
    if (words.length === 0) continue
    const read = vocabulary.read(full, words)
    tokens.push(read)
    const lower = words.map((word) => word.text.toLowerCase().replaceAll('’', "'"))
    analysis.words += words.length
    sentences.push({
      index: sentences.length,
      passage: analysis.passages.length,
      ...span,
      text: clean.text,
      joined: clean.joined,
      ...judge(clean, lower, { language, speech }),
      words: words.length,
      bag: Int32Array.from(read.filter((token) => token.term >= 0).map((token) => token.term)),
      terms: new Int32Array(0),
    })
  }
  passage.to = sentences.length
  if (cutOff) giveUp(sentences[passage.from])
  analysis.passages.push(passage)
}

/** Whether a long turn without a stop was cut between two passages: both lose the sentence in between. */
function continues(before: Passage | undefined, { text, source, start, speaker }: Passage, speech: boolean) {
  if (!speech || !before || before.source !== source || before.speaker !== speaker) return false
  return start - before.end <= 1 && !/[.!?…。！？]["”’)]*\s*$/.test(before.text) && /^\p{Ll}/u.test(text)
}

function giveUp(sentence: Sentence | undefined) {
  if (sentence) Object.assign(sentence, { usable: false, quality: 0 })
}

function judge(
  clean: CleanSentence,
  lower: readonly string[],
  manner: { language: Language; speech: boolean },
) {
  const { language, speech } = manner
  const reference = referenceOf(clean.text, language)
  const quality = clean.unfit ? 0 : qualityOf(clean.text, lower, manner)
  const counts = speech && countsOnOthers(clean.text, language)
  return {
    question: isQuestion(clean.text),
    quality,
    carries: quality > 0 || isClause(clean.text, lower, language),
    usable: clean.unfit === undefined,
    needs: -1,
    leans: -1,
    answers: clean.answers,
    reference: reference === 'none' && counts ? 'soft' : reference,
    firstPerson: lower.some((word) => language.firstPerson.has(word)),
    names: namedTermsOf(clean.text, language).length > 0,
    secondPerson: lower.some((word) => language.secondPerson.has(word)),
    contracted: lower.some(
      (word) => /n't$|'(?:re|ve|ll|d|m)$/.test(word) || /^(?:it|that|there|he|she|what|let)'s$/.test(word),
    ),
  }
}

/** What was said before in the same words is less worth saying again. */
function markRepeats(sentences: readonly Sentence[]) {
  const said = new Set<string>()
  for (const sentence of sentences) {
    const words = sentence.text.toLowerCase()
    if (said.has(words)) sentence.quality *= REPEAT_QUALITY
    said.add(words)
  }
}

async function count(analysis: Analysis, tokens: Token[][], pace: Pace) {
  const { vocabulary, sentences } = analysis
  analysis.frequencies = new Int32Array(vocabulary.size())
  analysis.names = new Uint8Array(vocabulary.size())
  for (const sentence of sentences) {
    if (sentence.index % 256 === 0) await pace()
    for (const term of sentence.terms) analysis.frequencies[term]!++
    for (const token of tokens[sentence.index]!) if (vocabulary.isName(token)) analysis.names[token.term] = 1
  }
}
