import { analysisOf } from '#src/ai/offline/analysis-cache.ts'
import { assignPassages } from '#src/ai/offline/assign-passages.ts'
import { digestNotice } from '#src/ai/offline/digest-notice.ts'
import { imagePromptOf } from '#src/ai/offline/image-prompts.ts'
import { planOutline } from '#src/ai/offline/outline.ts'
import { readMaterial, tooShort } from '#src/ai/offline/read-material.ts'
import { sectionSentences } from '#src/ai/offline/section-sentences.ts'
import { seoOf } from '#src/ai/offline/seo.ts'
import { joinPieces, needsVoices, paragraphsOf, writeProse } from '#src/ai/offline/write-prose.ts'
import type { WritingProvider } from '#src/ai/provider.ts'
import { createPace } from '#src/pace.ts'

/**
 * The writer that needs no key and no network: it chooses sentences from the sources, takes the traces of
 * speech off them and sets them under headings, each with its citation. Same input, same output.
 */
export const offline: WritingProvider = {
  name: 'offline',
  notice: digestNotice,

  async outline(material, options, { signal }) {
    const pace = createPace(signal)
    const analysis = await readMaterial(material, pace)
    return planOutline(analysis, material, options, pace)
  },

  async chapters(outline, material, options, { signal }) {
    const pace = createPace(signal)
    const analysis = await readMaterial(material, pace)
    return assignPassages(outline, analysis, { words: options.words, pace })
  },

  async section(chapter, material, options, { signal, onText }) {
    const pace = createPace(signal)
    const analysis = await analysisOf(material, pace)
    const ids = new Set(chapter.passageIds)
    const passages = analysis.passages.flatMap(({ id }, at) => (ids.has(id) ? [at] : []))
    const { words } = chapter
    const chosen = await sectionSentences(analysis, passages, { words, tone: options.tone }, pace)
    if (chosen.length === 0) {
      throw tooShort(`The material of “${chapter.heading}” holds no sentence that can stand in a post.`)
    }
    const nameVoices = needsVoices(analysis, chosen, passages)
    const pieces = writeProse(analysis, paragraphsOf(analysis, chosen), { nameVoices })
    for (const { text } of pieces) {
      signal.throwIfAborted()
      await onText?.(text)
    }
    return { key: chapter.key, heading: chapter.heading, ...joinPieces(pieces) }
  },

  async seo(post, { signal }) {
    const pace = createPace(signal)
    await pace()
    return seoOf(post, pace)
  },

  async imagePrompts(sections, { signal }) {
    const pace = createPace(signal)
    const prompts = []
    for (const section of sections) prompts.push(await imagePromptOf(section, pace))
    return prompts
  },
}
