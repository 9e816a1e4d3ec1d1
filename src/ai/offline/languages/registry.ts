import { german } from '#src/ai/offline/languages/de.ts'
import { english } from '#src/ai/offline/languages/en.ts'
import type { Language } from '#src/ai/offline/languages/language.ts'
import {
  danish,
  dutch,
  plainLanguage,
  polish,
  scriptLanguages,
  swedish,
} from '#src/ai/offline/languages/others.ts'
import { french, italian, portuguese, spanish } from '#src/ai/offline/languages/romance.ts'

/** Languages told apart by their stop words; the first wins a tie. */
export const spacedLanguages: readonly Language[] = [
  english,
  german,
  french,
  spanish,
  italian,
  portuguese,
  dutch,
  swedish,
  danish,
  polish,
]

const byTag = new Map<string, Language>(
  [...spacedLanguages, ...scriptLanguages.map(plainLanguage)].map((language) => [language.tag, language]),
)

const unknownLanguage = plainLanguage('und')

/** The lists of a BCP 47 tag (`en`, `en-GB`), or empty ones, tagged `und`, when the language is not known. */
export function languageOf(tag: string): Language {
  const base = tag.split('-')[0]!.toLowerCase()
  return byTag.get(base) ?? unknownLanguage
}
