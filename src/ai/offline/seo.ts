import { detectLanguage } from '#src/ai/offline/detect-language.ts'
import { type Keyphrase, keyphrasesOf, sharpen } from '#src/ai/offline/keyphrases.ts'
import type { Language } from '#src/ai/offline/languages/language.ts'
import { languageOf } from '#src/ai/offline/languages/registry.ts'
import { plainText } from '#src/ai/offline/plain-text.ts'
import { splitSentences } from '#src/ai/offline/sentences.ts'
import { sentenceGap } from '#src/ai/offline/words.ts'
import type { Seo } from '#src/ai/schemas.ts'
import type { Pace } from '#src/pace.ts'

const TITLE_CHARS_MAX = 60
/** A title is cut at its colon only when this much stands before it. */
const TITLE_CHARS_MIN = 20
const DESCRIPTION_CHARS_MAX = 160
const DESCRIPTION_CHARS_FULL = 110
const SLUG_CHARS_MAX = 60
const KEYWORDS_MAX = 8
const READ_CHARS_MAX = 40_000

/** Title, description, slug and keywords from the post itself. */
export async function seoOf(
  post: { title: string; markdown: string; language: string },
  pace: Pace,
): Promise<Seo> {
  const text = plainText(post.markdown.slice(0, READ_CHARS_MAX))
  const language = languageOf(post.language || detectLanguage(text))
  const sentences = [...splitSentences(text, language)].map(({ start, end }) =>
    text.slice(start, end).replace(/\s+/g, ' '),
  )
  return {
    title: searchTitle(post.title.toWellFormed().replace(/\s+/g, ' ').trim()),
    description: descriptionOf(sentences, language),
    slug: slugOf(post.title, language),
    keywords: await keywordsOf(sentences, language, pace),
  }
}

/** A long title keeps what stands before its colon or dash, else what fits. */
function searchTitle(title: string): string {
  if (title.length <= TITLE_CHARS_MAX) return title
  const head = title.split(/\s*[:：–—|]\s|：/)[0]!
  return head.length >= TITLE_CHARS_MIN && head.length <= TITLE_CHARS_MAX
    ? head
    : shorten(title, TITLE_CHARS_MAX)
}

function descriptionOf(sentences: readonly string[], language: Language): string {
  let description = ''
  for (const sentence of sentences) {
    const longer = description ? description + sentenceGap(language.tag) + sentence : sentence
    if (longer.length <= DESCRIPTION_CHARS_MAX) description = longer
    else if (description.length >= DESCRIPTION_CHARS_FULL) break
    else return shorten(longer, DESCRIPTION_CHARS_MAX)
  }
  return description
}

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

async function keywordsOf(sentences: readonly string[], language: Language, pace: Pace): Promise<string[]> {
  const things = (await keyphrasesOf(sentences, language, { pace })).filter(({ thing }) => thing)
  const keywords: Keyphrase[] = []
  for (const phrase of things) {
    if (keywords.length === KEYWORDS_MAX) break
    const sharp = sharpen(phrase, things)
    const known = keywords.some(({ stems }) => stems.some((stem) => sharp.stems.includes(stem)))
    if (!known) keywords.push(sharp)
  }
  return keywords.map(({ text }) => text)
}
