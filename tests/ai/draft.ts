import { offline } from '#src/ai/offline/offline.ts'
import type { Material, WritingOptions } from '#src/ai/provider.ts'

export const context = () => ({ signal: new AbortController().signal })

/** A whole post by the offline writer. */
export async function draft(material: Material[], options: WritingOptions = {}) {
  const outline = await offline.outline(material, options, context())
  const chapters = await offline.chapters(outline, material, options, context())
  const sections = []
  for (const chapter of chapters) sections.push(await offline.section(chapter, material, options, context()))
  return { outline, chapters, sections, body: sections.map(({ markdown }) => markdown).join('\n\n') }
}

export const wordsIn = (markdown: string) =>
  markdown
    .replace(/\*\*[^*]+:\*\*|\[\^\d+\]/g, ' ')
    .split(/\s+/)
    .filter(Boolean).length
