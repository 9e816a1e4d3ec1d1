import { type Static, Type as t } from '@sinclair/typebox'

export const toneNames = ['neutral', 'friendly', 'formal', 'technical'] as const
export type Tone = (typeof toneNames)[number]

/** Where a sentence came from: `quote` is exactly the source's characters `start..end` (UTF-16 offsets). */
export const Citation = t.Object(
  {
    marker: t.String({ description: 'The footnote label in the Markdown: `1` for `[^1]`.' }),
    sourceId: t.String(),
    passageId: t.String(),
    start: t.Integer({ minimum: 0 }),
    end: t.Integer({ minimum: 0 }),
    quote: t.String(),
    speaker: t.Optional(t.String()),
    time: t.Optional(t.String({ description: 'Position in the recording, `HH:MM:SS`.' })),
  },
  { title: 'Citation', additionalProperties: false },
)
export type Citation = Static<typeof Citation>

/** Markdown whose footnote markers (`[^1]`, `[^2]` …) are explained by its citations. */
export const CitedMarkdown = t.Object(
  { markdown: t.String(), citations: t.Array(Citation) },
  { title: 'CitedMarkdown', additionalProperties: false },
)
export type CitedMarkdown = Static<typeof CitedMarkdown>

export const SECTIONS_PER_POST_MAX = 40
const CHAPTER_PASSAGES_MAX = 20_000

/** One planned section: `passageIds` is the material to write it from, in reading order. */
export const Chapter = t.Object(
  {
    key: t.String({ pattern: '^[a-z0-9-]{1,64}$', description: 'Names the section within its outline.' }),
    heading: t.String({ minLength: 1, maxLength: 200 }),
    words: t.Integer({ minimum: 20, maximum: 5000, description: 'How long the section should be.' }),
    passageIds: t.Array(t.String({ maxLength: 64 }), { maxItems: CHAPTER_PASSAGES_MAX }),
  },
  { title: 'Chapter', additionalProperties: false },
)
export type Chapter = Static<typeof Chapter>

export const Outline = t.Object(
  {
    title: t.String({ minLength: 1, maxLength: 200 }),
    language: t.String({ description: 'BCP 47 tag, for example `en`.' }),
    summary: CitedMarkdown,
    sections: t.Array(Chapter, { maxItems: SECTIONS_PER_POST_MAX }),
  },
  { title: 'Outline', additionalProperties: false },
)
export type Outline = Static<typeof Outline>

export const SectionDraft = t.Object(
  {
    key: t.String(),
    heading: t.String(),
    markdown: t.String({ description: 'The section without its heading.' }),
    citations: t.Array(Citation),
  },
  { title: 'SectionDraft', additionalProperties: false },
)
export type SectionDraft = Static<typeof SectionDraft>

export const Seo = t.Object(
  {
    title: t.String({ maxLength: 60 }),
    description: t.String({ maxLength: 160 }),
    slug: t.String({ pattern: '^[^\\s/?#%&"<>\\\\]+$', maxLength: 200 }),
    keywords: t.Array(t.String(), { maxItems: 10 }),
  },
  { title: 'Seo', additionalProperties: false },
)
export type Seo = Static<typeof Seo>

export const ImagePrompt = t.Object(
  { key: t.String(), prompt: t.String(), alt: t.String() },
  { title: 'ImagePrompt', additionalProperties: false },
)
export type ImagePrompt = Static<typeof ImagePrompt>
