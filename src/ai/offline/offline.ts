import type { Analysis, Sentence } from '#src/ai/offline/analysis.ts'
import { analysisOf } from '#src/ai/offline/analysis-cache.ts'
import { sentencesOf } from '#src/ai/offline/centrality.ts'
import { imagePromptOf } from '#src/ai/offline/image-prompts.ts'
import { createPace, type Pace } from '#src/ai/offline/pace.ts'
import { planSections, sectionCount, wordsIn } from '#src/ai/offline/plan-sections.ts'
import { selectSentences } from '#src/ai/offline/select.ts'
import { seoOf, slugOf } from '#src/ai/offline/seo.ts'
import { stemOf, wordsOf } from '#src/ai/offline/words.ts'
import { writeProse } from '#src/ai/offline/write-prose.ts'
import type { Material, WritingOptions, WritingProvider } from '#src/ai/provider.ts'
import type { Chapter, CitedMarkdown, Outline } from '#src/ai/schemas.ts'
import { AppError } from '#src/errors.ts'

const POST_WORDS = 1_100
/** Unasked, a digest is at most this share of its source. */
const DIGEST_SHARE_MAX = 0.5
const SUMMARY_WORDS = 80
const SOURCE_WORDS_MIN = 100
const SECTION_WORDS_MIN = 20
const SECTION_WORDS_MAX = 5_000
const TITLE_CHARS_MAX = 120

/**
 * The writer that needs no key and no network: it chooses sentences from the sources, takes the traces of
 * speech off them and sets them under headings, each with its citation. Same input, same output.
 */
export const offline: WritingProvider = {
  name: 'offline',

  async outline(material, options, { signal }) {
    const pace = createPace(signal)
    const analysis = await readEnough(material, pace)
    const words = options.words ?? defaultWords(analysis)
    const count = options.sections ?? sectionCount(analysis.words, words)
    const planned = await planSections(analysis, count, pace)
    const title = options.title ?? titleOf(material, planned[0]?.heading ?? '')
    const lengths = shareWords(
      planned.map(({ passages }) => wordsIn(analysis, passages)),
      words,
    )
    return {
      title,
      language: analysis.language.tag,
      summary: await summarise(analysis, title, { ...options, words: SUMMARY_WORDS }, pace),
      sections: planned.map(({ heading, passages }, at) => ({
        key: `section-${at + 1}`,
        heading,
        words: lengths[at]!,
        passageIds: passages.map((passage) => analysis.passages[passage]!.id),
      })),
    }
  },

  async chapters(outline, material, options, { signal }) {
    const pace = createPace(signal)
    const analysis = await readEnough(material, pace)
    return assignPassages(outline, analysis, options)
  },

  async section(chapter, material, options, { signal, onText }) {
    const pace = createPace(signal)
    const analysis = await analysisOf(material, pace)
    const ids = new Set(chapter.passageIds)
    const passages = analysis.passages.flatMap(({ id }, at) => (ids.has(id) ? [at] : []))
    const candidates = sentencesOf(analysis, passages)
    const selection = { words: chapter.words, tone: options.tone ?? 'neutral' }
    const chosen = await selectSentences(analysis, candidates, selection, pace)
    if (chosen.length === 0) throw tooShortSection(chapter)
    const pieces = writeProse(analysis, chosen)
    for (const { text } of pieces) {
      signal.throwIfAborted()
      await onText?.(text)
    }
    return { key: chapter.key, heading: chapter.heading, ...joinPieces(pieces) }
  },

  async seo(post, { signal }) {
    signal.throwIfAborted()
    return seoOf(post)
  },

  async imagePrompts(sections, { signal }) {
    const pace = createPace(signal)
    const prompts = []
    for (const section of sections) {
      await pace()
      prompts.push(imagePromptOf(section))
    }
    return prompts
  },
}

async function readEnough(material: readonly Material[], pace: Pace): Promise<Analysis> {
  const analysis = await analysisOf(material, pace)
  const usable = analysis.sentences.filter((sentence) => sentence.quality > 0)
  if (analysis.words < SOURCE_WORDS_MIN || usable.length < 3) {
    throw new AppError(
      'source_too_short',
      `There are ${analysis.words} words to write from; a post needs at least ${SOURCE_WORDS_MIN}.`,
    )
  }
  return analysis
}

const tooShortSection = (chapter: Chapter) =>
  new AppError(
    'source_too_short',
    `The material of “${chapter.heading}” holds no sentence that can stand in a post.`,
  )

function defaultWords(analysis: Analysis): number {
  return Math.max(SECTION_WORDS_MIN * 3, Math.min(POST_WORDS, Math.round(analysis.words * DIGEST_SHARE_MAX)))
}

/** Divides words between sections by how much each has to say; the short are not starved. */
function shareWords(sizes: readonly number[], words: number): number[] {
  const weights = sizes.map((size) => Math.sqrt(size + 1))
  const total = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) =>
    Math.max(SECTION_WORDS_MIN, Math.min(SECTION_WORDS_MAX, Math.round((words * weight) / total))),
  )
}

function titleOf(material: readonly Material[], heading: string): string {
  const named = material.map(({ title }) => title.trim()).find((title) => title && !/\.\w{2,5}$/.test(title))
  const title = named ?? heading
  return title.length <= TITLE_CHARS_MAX
    ? title
    : `${title
        .slice(0, TITLE_CHARS_MAX - 1)
        .toWellFormed()
        .trimEnd()}…`
}

export async function summarise(
  analysis: Analysis,
  title: string,
  options: WritingOptions & { words: number },
  pace: Pace,
): Promise<CitedMarkdown> {
  const { tag } = analysis.language
  const subject = new Set(
    wordsOf(title, tag).map((word) => analysis.vocabulary.termOf(stemOf(word.text, tag))),
  )
  const lead = (sentence: Sentence) => {
    const named = sentence.terms.reduce((sum, term) => sum + (subject.has(term) ? 1 : 0), 0)
    const early = 1 + 0.5 / (1 + sentence.index / 5)
    return (1 + 0.15 * Math.min(3, named)) * early
  }
  const selection = { words: options.words, tone: options.tone ?? 'neutral', lead }
  return joinPieces(
    writeProse(analysis, await selectSentences(analysis, analysis.sentences, selection, pace)),
  )
}

function joinPieces(pieces: ReturnType<typeof writeProse>): CitedMarkdown {
  return {
    markdown: pieces.map(({ text }) => text).join(''),
    citations: pieces.map(({ citation }) => citation),
  }
}

function assignPassages(outline: Outline, analysis: Analysis, options: WritingOptions): Chapter[] {
  const known = new Map(analysis.passages.map(({ id }, at) => [id, at]))
  const taken = outline.sections.map(({ passageIds }) => passageIds.filter((id) => known.has(id)))
  const chapters = outline.sections.map((section, at) => ({
    ...section,
    key: section.key || slugOf(section.heading),
    passageIds: taken[at]!.length > 0 ? taken[at]! : nearestPassages(section.heading, analysis),
  }))
  const sizes = chapters.map(({ passageIds }) =>
    wordsIn(
      analysis,
      passageIds.map((id) => known.get(id)!),
    ),
  )
  if (options.words === undefined) return chapters
  const lengths = shareWords(sizes, options.words)
  return chapters.map((chapter, at) => ({ ...chapter, words: lengths[at]! }))
}

const NEAREST_MAX = 8

/** The passages that share the most telling words with a heading, in reading order; all when none does. */
function nearestPassages(heading: string, analysis: Analysis): string[] {
  const { tag } = analysis.language
  const terms = new Set(
    wordsOf(heading, tag).map((word) => analysis.vocabulary.termOf(stemOf(word.text, tag))),
  )
  const scored = analysis.passages.map((passage, at) => {
    let score = 0
    for (const sentence of analysis.sentences.slice(passage.from, passage.to)) {
      for (const term of sentence.terms) if (terms.has(term)) score += analysis.weights[term]!
    }
    return { at, score }
  })
  const near = scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, NEAREST_MAX)
  const chosen = near.length > 0 ? near.sort((a, b) => a.at - b.at) : scored
  return chosen.map(({ at }) => analysis.passages[at]!.id)
}
