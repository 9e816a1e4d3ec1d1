import type { CitedMarkdown } from '#src/ai/schemas.ts'
import { renumber } from '#src/documents/footnotes.ts'
import { writeFrontmatter } from '#src/documents/frontmatter.ts'
import { escapeMarkdown } from '#src/escape-markdown.ts'
import type { StepInput } from '#src/pipelines/steps.ts'
import type { Step } from './step.ts'

const NOTHING: CitedMarkdown = { markdown: '', citations: [] }

/** Joins summary, notice and sections to one Markdown text whose citations are numbered through. */
export const blogCompose: Step<'blog.compose'> = async (input, context) => {
  const material = await context.material(input.sourceIds)
  const notice = context.provider.notice?.(material.map((source) => source.title))
  const [summary = NOTHING, ...sections] = renumber([input.summary ?? NOTHING, ...input.sections])
  const parts = [
    ...(summary.markdown ? [summary.markdown.trim()] : []),
    ...(notice ? [`*${plain(notice)}*`] : []),
    ...sections.map(
      (section, index) => `## ${plain(input.sections[index]!.heading)}\n\n${section.markdown.trim()}`,
    ),
  ]
  return {
    markdown: `${frontmatterOf(input)}\n${parts.join('\n\n')}\n`,
    citations: [summary, ...sections].flatMap((part) => part.citations),
    ...(input.chapters ? { outline: input.chapters } : {}),
  }
}

/** Titles and headings are words, not markup, and stay on their line. */
const plain = (text: string) => escapeMarkdown(text.replace(/\s+/g, ' ').trim(), false)

const frontmatterOf = ({ title, seo }: StepInput<'blog.compose'>) =>
  writeFrontmatter({
    title,
    ...(seo
      ? { seoTitle: seo.title, slug: seo.slug, description: seo.description, keywords: seo.keywords }
      : {}),
  })
