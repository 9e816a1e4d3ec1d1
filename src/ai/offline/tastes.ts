import type { Analysis, Sentence } from '#src/ai/offline/analysis.ts'
import type { Taste } from '#src/ai/offline/select.ts'
import { stemOf, wordsOf } from '#src/ai/offline/words.ts'

const FIRST_BONUS = 1.1
/** For a sentence that says what something is called. */
const NAMING_BONUS = 1.25
const NAME_WEIGHT = 3
const NAME_WORD_WEIGHT = 2.4
const NUMBER_WEIGHT = 0.6

const SUMMARY_FIRST_BONUS = 1.25
const SUMMARY_NAME_WEIGHT = 2.2
/** How far into the text its beginning still counts, in sentences. */
const SUMMARY_EARLY_SENTENCES = 12
const SUMMARY_EARLY_BONUS = 0.9
/** Articles begin with what matters, talks with an anecdote. */
const SUMMARY_EARLY_BONUS_SPEECH = 0.1
/** For what the first section begins with, right below the summary. */
const ELSEWHERE_FACTOR = 0.5
const CUE_BONUS = 1.7
const SUMMARY_LENGTH_POWER = 0.7
/** Points are made in short sentences, stories told in long ones. */
const SUMMARY_LENGTH_POWER_SPEECH = 1.2
/** A summary's sentences stand alone. */
const SUMMARY_LEANING_FACTOR = 0.8
const SUBJECT_BONUS = 0.12
const HEADED_BONUS = 0.3
const SUBJECT_TERMS_MAX = 3

/** A section tells as much as it can of what is particular: rare words, and names above all. */
export function sectionTaste(analysis: Analysis): Taste {
  const { vocabulary, frequencies, sentences } = analysis
  const weights = Float64Array.from(frequencies, (frequency, term) => {
    const rarity = Math.log(1 + sentences.length / (frequency || 1))
    if (vocabulary.isCompound(term)) return rarity * NAME_WEIGHT
    if (vocabulary.isNumber(term)) return rarity * NUMBER_WEIGHT
    return rarity * (analysis.names[term] ? NAME_WORD_WEIGHT : 1)
  })
  return {
    weights,
    returns: 0.4,
    lengthPower: 0.55,
    qualityPower: 1,
    neighbourBonus: 1.2,
    centralShare: 0.2,
    prefer: (sentence) => (opens(analysis, sentence) ? FIRST_BONUS : 1) * (sentence.names ? NAMING_BONUS : 1),
  }
}

/** What a summary is of, what the post's sections are headed, and which sentences they begin with. */
export type SummaryAims = { title: string; headings?: readonly string[]; elsewhere?: ReadonlySet<number> }

/**
 * A summary says once what the whole text keeps coming back to: words are worth the more, the more passages
 * they stand in. Sentences that open a passage, stand early or name the title's subject come first.
 */
export function summaryTaste(analysis: Analysis, { title, headings = [], elsewhere }: SummaryAims): Taste {
  const { vocabulary, frequencies, sentences } = analysis
  const spread = passageFrequencies(analysis)
  const weights = Float64Array.from(frequencies, (frequency, term) => {
    const rarity = Math.log(1 + sentences.length / (frequency || 1))
    const weight = spread[term]! ** 1.5 * Math.sqrt(rarity)
    return vocabulary.isCompound(term) ? weight * SUMMARY_NAME_WEIGHT : weight
  })
  const subject = subjectTerms(analysis, title)
  const headed = subjectTerms(analysis, headings.join(' '))
  const prefer = (sentence: Sentence) => {
    const named = countIn(sentence, subject) * SUBJECT_BONUS + countIn(sentence, headed) * HEADED_BONUS
    const bonus = analysis.speech ? SUMMARY_EARLY_BONUS_SPEECH : SUMMARY_EARLY_BONUS
    const early = 1 + bonus / (1 + sentence.index / SUMMARY_EARLY_SENTENCES)
    const again = elsewhere?.has(sentence.index) ? ELSEWHERE_FACTOR : 1
    const first = opens(analysis, sentence) ? SUMMARY_FIRST_BONUS : 1
    const cue = cueOf(analysis, sentence)
    const alone = sentence.leans < 0 ? 1 : SUMMARY_LEANING_FACTOR
    return (1 + named) * early * first * alone * again * cue
  }
  return {
    weights,
    returns: 0.3,
    lengthPower: analysis.speech ? SUMMARY_LENGTH_POWER_SPEECH : SUMMARY_LENGTH_POWER,
    qualityPower: 0.8,
    neighbourBonus: 1,
    centralShare: 0.12,
    prefer,
  }
}

/** In speech, words that announce a point or a lesson, and comparisons (Edmundson 1969). */
function cueOf({ speech, language }: Analysis, { text }: Sentence): number {
  if (!speech || language.tag !== 'en') return 1
  return POINTS.test(text) ? CUE_BONUS : 1
}

const POINTS =
  /\b(?:should|must|has to|have to|never|always|rule|lesson|learned|matters?|trouble|trick|point is|because|is not|isn't|turned out|than|most|best)\b/i

const countIn = ({ terms }: Sentence, known: ReadonlySet<number>) =>
  Math.min(
    SUBJECT_TERMS_MAX,
    terms.reduce((sum, term) => sum + (known.has(term) ? 1 : 0), 0),
  )

const opens = (analysis: Analysis, sentence: Sentence) =>
  analysis.passages[sentence.passage]!.from === sentence.index

/** The terms of a title or heading, as far as the material knows them. */
export function subjectTerms({ language, vocabulary }: Analysis, title: string): Set<number> {
  const stems = wordsOf(title, language.tag).map((word) => stemOf(word.text, language.tag))
  return new Set(stems.flatMap((stem) => vocabulary.termOf(stem) ?? []))
}

function passageFrequencies({ passages, sentences, frequencies }: Analysis): Float64Array {
  const spread = new Float64Array(frequencies.length)
  const lastPassage = new Int32Array(frequencies.length).fill(-1)
  for (const [at, { from, to }] of passages.entries()) {
    for (let index = from; index < to; index++) {
      for (const term of sentences[index]!.terms) {
        if (lastPassage[term] === at) continue
        lastPassage[term] = at
        spread[term]!++
      }
    }
  }
  return spread
}
