import { detectLanguage } from '#src/ai/offline/detect-language.ts'
import { keyphrasesOf } from '#src/ai/offline/keyphrases.ts'
import { languageOf } from '#src/ai/offline/languages/registry.ts'
import { plainText } from '#src/ai/offline/plain-text.ts'
import { splitSentences } from '#src/ai/offline/sentences.ts'
import type { Seo } from '#src/ai/schemas.ts'

const TITLE_CHARS_MAX = 60
const DESCRIPTION_CHARS_MAX = 160
const SLUG_CHARS_MAX = 60
const KEYWORDS_MAX = 8
const READ_CHARS_MAX = 40_000

/** Title, description, slug and keywords from the post itself. */
export function seoOf(post: { title: string; markdown: string; language: string }): Seo {
  const text = plainText(post.markdown.slice(0, READ_CHARS_MAX))
  const language = languageOf(post.language || detectLanguage(text))
  const title = shorten(post.title.replace(/\s+/g, ' ').trim(), TITLE_CHARS_MAX)
  const sentences = splitSentences(text, language).map((span) =>
    text.slice(span.start, span.end).replace(/\s+/g, ' '),
  )
  const keywords = keyphrasesOf(sentences, language, () => 1)
    .slice(0, KEYWORDS_MAX)
    .map((phrase) => phrase.text)
  return { title, description: descriptionOf(sentences), slug: slugOf(title), keywords }
}

function descriptionOf(sentences: readonly string[]): string {
  let description = ''
  for (const sentence of sentences) {
    const longer = description ? `${description} ${sentence}` : sentence
    if (longer.length > DESCRIPTION_CHARS_MAX) break
    description = longer
  }
  return description || shorten(sentences[0] ?? '', DESCRIPTION_CHARS_MAX)
}

/** Cuts at a word's end and shows the cut. */
function shorten(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text
  const head = text.slice(0, charsMax - 1)
  const space = head.lastIndexOf(' ')
  return `${(space > charsMax / 2 ? head.slice(0, space) : head).toWellFormed().replace(/[\s,;:–—-]+$/, '')}…`
}

/** Lower-case letters and digits of any script, words joined by `-`. */
export function slugOf(title: string): string {
  const words = title
    .normalize('NFKD')
    .replace(/(?<=\p{Script=Latin})\p{M}+/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{Ll}\p{Lo}\p{N}]+/u)
    .filter(Boolean)
  let slug = ''
  for (const word of words) {
    const longer = slug ? `${slug}-${word}` : word
    if (longer.length > SLUG_CHARS_MAX) break
    slug = longer
  }
  return slug || [...(words[0] ?? 'post')].slice(0, SLUG_CHARS_MAX / 2).join('')
}
