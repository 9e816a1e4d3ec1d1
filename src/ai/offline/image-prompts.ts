import { detectLanguage } from '#src/ai/offline/detect-language.ts'
import { keyphrasesOf } from '#src/ai/offline/keyphrases.ts'
import { languageOf } from '#src/ai/offline/languages/registry.ts'
import { plainText } from '#src/ai/offline/plain-text.ts'
import type { ImagePrompt } from '#src/ai/schemas.ts'

const DETAILS_MAX = 3

/** One picture for a section: subject, setting and style, for a model that draws; and words for who cannot see. */
export function imagePromptOf(section: { key: string; heading: string; markdown: string }): ImagePrompt {
  const text = plainText(section.markdown)
  const language = languageOf(detectLanguage(text))
  const heading = section.heading.toLowerCase()
  const details = keyphrasesOf([text], language, () => 1)
    .map((phrase) => phrase.text)
    .filter((phrase) => !heading.includes(phrase.toLowerCase()))
    .slice(0, DETAILS_MAX)
  const setting = details.length > 0 ? `, with hints of ${details.join(', ')}` : ''
  return {
    key: section.key,
    prompt: `An editorial illustration of ${section.heading}${setting}. Calm setting, soft natural light, clear single subject, muted colours, wide composition. No text, letters, logos or watermarks in the picture.`,
    alt:
      details.length > 0
        ? `Illustration of ${section.heading}: ${details.join(', ')}`
        : `Illustration of ${section.heading}`,
  }
}
