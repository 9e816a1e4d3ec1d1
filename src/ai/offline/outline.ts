import type { Analysis } from '#src/ai/offline/analysis.ts'
import { headingsOf } from '#src/ai/offline/headings.ts'
import { keyphrasesOf } from '#src/ai/offline/keyphrases.ts'
import { defaultPostWords, shareWords } from '#src/ai/offline/lengths.ts'
import { planSections } from '#src/ai/offline/plan-sections.ts'
import { sectionSentences } from '#src/ai/offline/section-sentences.ts'
import { selectSentences } from '#src/ai/offline/select.ts'
import { summarySentences } from '#src/ai/offline/summary-sentences.ts'
import { type SummaryAims, summaryTaste } from '#src/ai/offline/tastes.ts'
import { writableSizes } from '#src/ai/offline/units.ts'
import { joinPieces, writeProse } from '#src/ai/offline/write-prose.ts'
import type { Material, WritingOptions } from '#src/ai/provider.ts'
import type { CitedMarkdown, Outline, Tone } from '#src/ai/schemas.ts'
import type { Pace } from '#src/pace.ts'

const SUMMARY_WORDS = 80
const TITLE_CHARS_MAX = 120
/** So much of a source without a title tells what it speaks of. */
const TITLE_SENTENCES_MAX = 1_000
/** The summary stands right before these sentences of the first section. */
const OPENING_SENTENCES = 4

/** Title, summary and sections for the material. */
export async function planOutline(
  analysis: Analysis,
  material: readonly Material[],
  options: WritingOptions,
  pace: Pace,
): Promise<Outline> {
  const words = options.words ?? defaultPostWords(analysis)
  const planned = await planSections(analysis, { sections: options.sections, words }, pace)
  const sizes = await writableSizes(
    analysis,
    planned.map(({ passages }) => passages),
    pace,
  )
  const lengths = shareWords(sizes, words)
  const sections = []
  for (const [at, section] of planned.entries()) {
    const order = { words: lengths[at]!, tone: options.tone }
    sections.push({ ...section, written: await sectionSentences(analysis, section.passages, order, pace) })
  }
  const headings = await headingsOf(analysis, sections, pace)
  const title = options.title ?? (await titleOf(analysis, material, pace))
  const elsewhere = new Set(sections[0]?.written.slice(0, OPENING_SENTENCES).map(({ index }) => index))
  const order = { words: SUMMARY_WORDS, tone: options.tone, headings, elsewhere }
  return {
    title,
    language: analysis.language.tag,
    summary: await summarise(analysis, title, order, pace),
    sections: planned.map(({ passages }, at) => ({
      key: `section-${at + 1}`,
      heading: headings[at]!,
      words: lengths[at]!,
      passageIds: passages.map((passage) => analysis.passages[passage]!.id),
    })),
  }
}

/**
 * The whole material in about `words` words, one paragraph that speaks of the title and of what the post's
 * sections are headed. Sentences `elsewhere` in the post come last.
 */
export async function summarise(
  analysis: Analysis,
  title: string,
  { words, tone = 'neutral', headings, elsewhere }: SummaryOptions,
  pace: Pace,
): Promise<CitedMarkdown> {
  const order = { words, tone, taste: summaryTaste(analysis, { title, headings, elsewhere }) }
  const chosen = await selectSentences(analysis, summarySentences(analysis, words), order, pace)
  return joinPieces(writeProse(analysis, [chosen], { nameVoices: false }))
}

type SummaryOptions = Omit<SummaryAims, 'title'> & { words: number; tone?: Tone }

/**
 * The first source's title, unless it is a file's name or the cut beginning of its text; else what the source
 * speaks of most.
 */
async function titleOf(analysis: Analysis, material: readonly Material[], pace: Pace): Promise<string> {
  const named = material.find(({ title, passages }) => isTitle(title.trim(), passages[0]?.text ?? ''))
  if (named) return cutTitle(named.title)
  const known = analysis.sentences.filter(({ usable }) => usable).slice(0, TITLE_SENTENCES_MAX)
  const texts = known.map(({ text }) => text)
  const phrases = await keyphrasesOf(texts, analysis.language, pace)
  const title = phrases.reduce((a, b) => (b.count > a.count ? b : a), phrases[0]!)?.bare ?? 'Untitled'
  return cutTitle(title.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase()))
}

function isTitle(title: string, text: string): boolean {
  if (!title || /\.\w{2,5}$/.test(title)) return false
  return !(title.endsWith('…') && text.replace(/\s+/g, ' ').startsWith(title.slice(0, -1)))
}

function cutTitle(title: string): string {
  const line = title.trim().replace(/\s+/g, ' ')
  if (line.length <= TITLE_CHARS_MAX) return line
  const head = line.slice(0, TITLE_CHARS_MAX - 1)
  return `${head.toWellFormed().trimEnd()}…`
}
