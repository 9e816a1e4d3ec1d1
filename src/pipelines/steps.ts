import { type Static, type TSchema, Type as t } from '@sinclair/typebox'
import { providerNames } from '#src/ai/registry.ts'
import {
  Chapter,
  Citation,
  CitedMarkdown,
  ImagePrompt,
  Outline,
  SECTIONS_PER_POST_MAX,
  SectionDraft,
  Seo,
  toneNames,
} from '#src/ai/schemas.ts'
import { oneOf } from '#src/one-of.ts'

export const SOURCES_PER_DOCUMENT_MAX = 20

export const WORDS_PER_RUN_MAX = 20_000
const MARKDOWN_CHARS_MAX = 1_000_000
const CITATIONS_MAX = 5_000

const closed = { additionalProperties: false }

export const RunOptions = t.Object(
  {
    title: t.Optional(t.String({ minLength: 1, maxLength: 200 })),
    sections: t.Optional(t.Integer({ minimum: 1, maximum: SECTIONS_PER_POST_MAX })),
    words: t.Optional(
      t.Integer({ minimum: 100, maximum: WORDS_PER_RUN_MAX, description: 'Length of the whole post.' }),
    ),
    tone: t.Optional(oneOf(toneNames)),
    provider: t.Optional(oneOf(providerNames)),
  },
  { ...closed, title: 'RunOptions' },
)
export type RunOptions = Static<typeof RunOptions>

const sourceIds = t.Array(t.String({ maxLength: 64 }), {
  minItems: 1,
  maxItems: SOURCES_PER_DOCUMENT_MAX,
  uniqueItems: true,
})
const options = t.Optional(RunOptions)
const markdown = t.String({ maxLength: MARKDOWN_CHARS_MAX })

/** A finished post: Markdown with its frontmatter, and what its footnote markers stand for. */
export const Post = t.Object(
  {
    markdown,
    citations: t.Array(Citation, { maxItems: CITATIONS_MAX }),
    outline: t.Optional(t.Array(Chapter, { maxItems: SECTIONS_PER_POST_MAX })),
  },
  { ...closed, title: 'Post' },
)
export type Post = Static<typeof Post>

const sections = t.Array(SectionDraft, { minItems: 1, maxItems: SECTIONS_PER_POST_MAX })

/** Every step: what it takes, what it gives, and one line for people. */
export const steps = {
  'outline.generate': step({
    summary: 'Plan a post: title, summary and sections',
    input: t.Object({ sourceIds, options }, closed),
    output: Outline,
  }),
  'chapters.organize': step({
    summary: 'Give each section of an outline its material and its length',
    input: t.Object({ sourceIds, outline: Outline, options }, closed),
    output: t.Object({ chapters: t.Array(Chapter) }),
  }),
  'section.write': step({
    summary: 'Write one section, with a citation for every sentence',
    input: t.Object({ sourceIds, chapter: Chapter, options }, closed),
    output: SectionDraft,
  }),
  'seo.generate': step({
    summary: 'Make the search title, description, slug and keywords',
    input: t.Object(
      {
        title: t.String({ maxLength: 200 }),
        markdown,
        language: t.Optional(t.String({ maxLength: 35 })),
        options,
      },
      closed,
    ),
    output: Seo,
  }),
  'images.prompt': step({
    summary: 'Describe a picture for each section',
    input: t.Object({ sections, options }, closed),
    output: t.Object({ prompts: t.Array(ImagePrompt) }),
  }),
  'blog.compose': step({
    summary: 'Join the parts to one post',
    input: t.Object(
      {
        sourceIds,
        title: t.String({ minLength: 1, maxLength: 200 }),
        summary: t.Optional(CitedMarkdown),
        sections,
        seo: t.Optional(Seo),
        chapters: t.Optional(t.Array(Chapter, { maxItems: SECTIONS_PER_POST_MAX })),
        imagePrompts: t.Optional(t.Array(ImagePrompt, { maxItems: SECTIONS_PER_POST_MAX })),
        options,
      },
      closed,
    ),
    output: Post,
  }),
  'document.persist': step({
    summary: 'Save a post as the next version of a document',
    input: t.Object(
      {
        documentId: t.String({ maxLength: 64 }),
        post: Post,
        reason: t.Optional(t.String({ maxLength: 200 })),
      },
      closed,
    ),
    output: t.Object({ documentId: t.String(), number: t.Integer() }),
  }),
} as const

export type StepName = keyof typeof steps
export type StepInput<K extends StepName> = Static<(typeof steps)[K]['input']>
export type StepOutput<K extends StepName> = Static<(typeof steps)[K]['output']>

export const stepNames = Object.keys(steps) as StepName[]

/** The steps of each pipeline, in order. worker/pipeline.ts says what flows between them. */
export const pipelines = { generate_blog: stepNames } as const satisfies Record<string, readonly StepName[]>

function step<Input extends TSchema, Output extends TSchema>(step: {
  summary: string
  input: Input
  output: Output
}) {
  return step
}
