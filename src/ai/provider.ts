import type { Chapter, ImagePrompt, Outline, SectionDraft, Seo, Tone } from './schemas.ts'

/** A passage with its words: `text` is exactly the source's characters `start..end`. */
export type MaterialPassage = {
  id: string
  start: number
  end: number
  text: string
  speaker?: string
  timeMs?: number
  heading?: string
  headingLevel?: number
}

/** One source as a provider sees it: passages in reading order. Sources never change once stored. */
export type Material = { id: string; title: string; passages: MaterialPassage[] }

/** What a writer may ask for; every field has a default in the provider. */
export type WritingOptions = { title?: string; sections?: number; words?: number; tone?: Tone }

/** `onText` receives the section's Markdown piece by piece as it is written. */
export type WritingContext = { signal: AbortSignal; onText?: (delta: string) => Promise<void> | void }

/**
 * A writer behind the pipeline's steps. It computes from what it is given and stores nothing.
 * It rejects with AppError `source_too_short` when the material does not carry a post, and with the
 * signal's reason when it is cancelled.
 */
export type WritingProvider = {
  name: string
  /** A sentence the post must carry about how it was made, where the writer owes its readers one. */
  notice?(sourceTitles: string[]): string
  outline(material: Material[], options: WritingOptions, context: WritingContext): Promise<Outline>
  /** Gives each section its passages and its length; sections that name passages keep them. */
  chapters(
    outline: Outline,
    material: Material[],
    options: WritingOptions,
    context: WritingContext,
  ): Promise<Chapter[]>
  section(
    chapter: Chapter,
    material: Material[],
    options: WritingOptions,
    context: WritingContext,
  ): Promise<SectionDraft>
  seo(post: { title: string; markdown: string; language: string }, context: WritingContext): Promise<Seo>
  imagePrompts(
    sections: { key: string; heading: string; markdown: string }[],
    context: WritingContext,
  ): Promise<ImagePrompt[]>
}
