import { detectLanguage } from '#src/ai/offline/detect-language.ts'
import { keyphrasesOf } from '#src/ai/offline/keyphrases.ts'
import { languageOf } from '#src/ai/offline/languages/registry.ts'
import { plainText } from '#src/ai/offline/plain-text.ts'
import { splitSentences } from '#src/ai/offline/sentences.ts'
import type { ImagePrompt } from '#src/ai/schemas.ts'
import type { Pace } from '#src/pace.ts'

const DETAILS_MAX = 3
const READ_CHARS_MAX = 20_000
const STYLE = 'Flat shapes, muted colours, soft daylight, generous empty space, one clear focal point'
const NO_TEXT = 'No text, letters, numbers, logos or watermarks anywhere in the picture'

/** Places that a picture can show; the one a section names most is its setting. */
const places = new Set(
  `airport bakery beach bridge café castle church city classroom coast court courtroom factory farm field forest
  garden harbour hospital hotel house island kitchen laboratory library market mountain museum newsroom office
  park parliament restaurant river school sea ship stadium stage station street studio theatre town university
  valley village warehouse workshop`.split(/\s+/),
)

/**
 * A picture for a section: subject, setting and style for a model that draws, and words for who cannot see.
 * The instructions are English whatever the post's language: image models follow them best.
 */
export async function imagePromptOf(
  section: { key: string; heading: string; markdown: string },
  pace: Pace,
): Promise<ImagePrompt> {
  const text = plainText(section.markdown.slice(0, READ_CHARS_MAX))
  const language = languageOf(detectLanguage(text))
  const sentences = [...splitSentences(text, language)].map(({ start, end }) => text.slice(start, end))
  const heading = section.heading.replace(/\s+/g, ' ').trim()
  const details = (await keyphrasesOf(sentences, language, pace))
    .map((phrase) => phrase.bare)
    .filter((phrase) => !heading.toLowerCase().includes(phrase.toLowerCase()))
    .slice(0, DETAILS_MAX)
  const hints = details.length > 0 ? `, with ${details.join(', ')} as quiet details` : ''
  return {
    key: section.key,
    prompt: `Editorial illustration. Subject: ${heading}. Setting: ${settingOf(text)}${hints}. Style: ${STYLE}. ${NO_TEXT}.`,
    alt:
      details.length > 0 ? `${heading}: illustration with ${details.join(', ')}` : `${heading}: illustration`,
  }
}

function settingOf(text: string): string {
  const counts = new Map<string, number>()
  for (const [word] of text.toLowerCase().matchAll(/\p{L}+/gu)) {
    if (places.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  const place = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0]
  if (!place) return 'a plain, uncluttered room'
  return `${/^[aeiou](?!ni)/.test(place) ? 'an' : 'a'} ${place}`
}
