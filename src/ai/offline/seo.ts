import { referenceOf } from '#src/ai/offline/coherence.ts'
import { detectLanguage } from '#src/ai/offline/detect-language.ts'
import { keyphrasesOf } from '#src/ai/offline/keyphrases.ts'
import type { Language } from '#src/ai/offline/languages/language.ts'
import { languageOf } from '#src/ai/offline/languages/registry.ts'
import { plainText } from '#src/ai/offline/plain-text.ts'
import { isQuestion } from '#src/ai/offline/quality.ts'
import { splitSentences } from '#src/ai/offline/sentences.ts'
import { isUnspaced, sentenceGap, stemOf, wordsOf } from '#src/ai/offline/words.ts'
import type { Seo } from '#src/ai/schemas.ts'
import type { Pace } from '#src/pace.ts'

const TITLE_CHARS_MAX = 60
/** A title is cut at its colon or comma only when this much stands before it. */
const TITLE_CHARS_MIN = 20
const DESCRIPTION_CHARS_MAX = 160
const DESCRIPTION_CHARS_MIN = 60
const DESCRIPTION_CHARS_FULL = 120
/** `The family called us`: whose family, a description does not say. */
const OPENS_KNOWN = /^(?:the|those|my|our) /i
const KNOWN_FACTOR = 0.7
const SLUG_CHARS_MAX = 60
const KEYWORDS_MAX = 8
const READ_CHARS_MAX = 40_000

/** Title, description, slug and keywords from the post itself. */
export async function seoOf(
  post: { title: string; markdown: string; language: string },
  pace: Pace,
): Promise<Seo> {
  const markdown = post.markdown.slice(0, READ_CHARS_MAX)
  const text = plainText(markdown)
  const language = languageOf(post.language || detectLanguage(text))
  const sentences = [...splitSentences(text, language)].map(({ start, end }) =>
    text.slice(start, end).replace(/\s+/g, ' '),
  )
  const headings = [...markdown.matchAll(/^#{1,6} (.*)$/gm)].map((match) => plainText(match[1]!))
  const keywords = await keywordsOf(sentences, headings, { language, pace })
  return {
    title: searchTitle(post.title.toWellFormed().replace(/\s+/g, ' ').trim()),
    description: descriptionOf(sentences, keywords, language),
    slug: slugOf(post.title, language),
    keywords,
  }
}

/** A long title keeps what stands before its colon, dash or comma, else what fits. */
function searchTitle(title: string): string {
  if (title.length <= TITLE_CHARS_MAX) return title
  const ends = [...title.matchAll(/\s*(?:[:：;|,，]|[–—])(?=\s)|[：，]/g)].map(({ index }) => index)
  const end = ends.findLast((at) => at >= TITLE_CHARS_MIN && at <= TITLE_CHARS_MAX)
  return end === undefined ? shorten(title, TITLE_CHARS_MAX) : title.slice(0, end)
}

/**
 * One or two whole sentences that stand alone and speak of the post's keywords; early ones first. Only when
 * none fits, the beginning is cut.
 */
function descriptionOf(
  sentences: readonly string[],
  keywords: readonly string[],
  language: Language,
): string {
  const worths = new Map<string, number>()
  for (const [rank, keyword] of keywords.entries()) {
    for (const stem of stemsOf(keyword, language)) worths.set(stem, 1 / (1 + rank / 2))
  }
  const worthOf = (sentence: string, at: number) => {
    const stems = new Set(stemsOf(sentence, language))
    const shared = [...stems].reduce((sum, stem) => sum + (worths.get(stem) ?? 0), 0)
    return ((1 + shared) * (OPENS_KNOWN.test(sentence) ? KNOWN_FACTOR : 1)) / Math.log2(16 + at)
  }
  const candidates = sentences
    .map((sentence, at) => ({ at, sentence, worth: worthOf(sentence, at) }))
    .filter(({ sentence }) => fitsAlone(sentence, language))
    .sort((a, b) => b.worth - a.worth || a.at - b.at)
  const [first] = candidates
  if (!first) return shorten(sentences.join(sentenceGap(language.tag)), DESCRIPTION_CHARS_MAX)
  if (first.sentence.length >= DESCRIPTION_CHARS_FULL) return first.sentence
  const room = DESCRIPTION_CHARS_MAX - first.sentence.length - sentenceGap(language.tag).length
  const second = candidates.find(({ at, sentence }) => at > first.at && sentence.length <= room)
  return second ? first.sentence + sentenceGap(language.tag) + second.sentence : first.sentence
}

function fitsAlone(sentence: string, language: Language): boolean {
  const charsMin = isUnspaced(language.tag) ? DESCRIPTION_CHARS_MIN / 3 : DESCRIPTION_CHARS_MIN
  if (sentence.length < charsMin || sentence.length > DESCRIPTION_CHARS_MAX) return false
  const link = language.connectives.includes(sentence.match(/^[\p{L}'’]+/u)?.[0].toLowerCase() ?? '')
  return !link && !isQuestion(sentence) && referenceOf(sentence, language) === 'none'
}

const stemsOf = (text: string, { tag }: Language) => wordsOf(text, tag).map((word) => stemOf(word.text, tag))

/** Cuts at a word's end and shows the cut. */
function shorten(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text
  const head = text.slice(0, charsMax - 1)
  const space = head.lastIndexOf(' ')
  const cut = space > charsMax / 2 ? head.slice(0, space) : head
  // Half a surrogate pair at the cut goes as well.
  return `${cut.replace(/[\ud800-\udbff]$/, '').replace(/[\s,;:–—-]+$/, '')}…`
}

/** Lower-case letters and digits of any script, words joined by `-`; never ends in a stop word. */
function slugOf(title: string, language: Language): string {
  const words = title
    .normalize('NFKD')
    .replace(/(?<=\p{Script=Latin})\p{M}+/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .split(/[^\p{Ll}\p{Lo}\p{N}]+/u)
    .filter(Boolean)
  const kept: string[] = []
  for (const word of words) {
    if ([...kept, word].join('-').length > SLUG_CHARS_MAX) break
    kept.push(word)
  }
  const whole = kept.length === words.length
  while (!whole && kept.length > 2 && language.stopWords.has(kept.at(-1)!)) kept.pop()
  return kept.join('-') || [...(words[0] ?? 'post')].slice(0, SLUG_CHARS_MAX / 2).join('')
}

/** What the headings name as far as the text speaks of it, then what else it speaks of. */
async function keywordsOf(
  sentences: readonly string[],
  headings: readonly string[],
  { language, pace }: { language: Language; pace: Pace },
): Promise<string[]> {
  const phrases = await keyphrasesOf(sentences, language, pace)
  const headed = new Set(headings.map((heading) => stemsOf(heading, language).join(' ')))
  const isHeaded = ({ stems }: { stems: string[] }) =>
    [...headed].some((heading) => heading.endsWith(stems.join(' ')))
  const ranked = [...phrases.filter(isHeaded), ...phrases.filter((phrase) => !isHeaded(phrase))]
  return ranked.slice(0, KEYWORDS_MAX).map(({ bare }) => bare)
}
