import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  chance,
  evenCuts,
  firstWords,
  lexRank,
  randomCuts,
  randomSentences,
  textTiling,
} from '#scripts/bench/writer/baselines.ts'
import { type Article, bodyOf, plainWords, readArticles } from '#scripts/bench/writer/freshwiki.ts'
import { measureDraft, transcriptOf } from '#scripts/bench/writer/load.ts'
import { boundaryF1, entityRecall, mean, pk, rouge } from '#scripts/bench/writer/measures.ts'
import { type Analysis, analyse } from '#src/ai/offline/analysis.ts'
import { offline } from '#src/ai/offline/offline.ts'
import { summarise } from '#src/ai/offline/outline.ts'
import { plainText } from '#src/ai/offline/plain-text.ts'
import { PROSE_BALANCE } from '#src/ai/offline/plan-sections.ts'
import { segment } from '#src/ai/offline/segments.ts'
import { describeUnit, unitsOf } from '#src/ai/offline/units.ts'
import type { Citation } from '#src/ai/schemas.ts'
import { createPace } from '#src/pace.ts'

/*
 * How well and how fast the offline writer writes: `bun scripts/bench/writer.ts [--json]`.
 * Articles come from QUILL_BENCH_DATA (a folder that holds freshwiki/json), headings stripped.
 */

const DIGEST_WORDS = 1_000
/** Of a shorter article, a digest of a thousand words would be most of it. */
const ARTICLE_WORDS_MIN = 1_500
const TRANSCRIPT_WORDS = 12_000
const LONG_SOURCE_WORDS = 235_000

type Row = { name: string; value: number; unit: string; baseline?: number; ratio?: number }
type Samples = Map<string, number[]>

const context = { signal: new AbortController().signal }
const pace = createPace(context.signal)

const folder = join(process.env.QUILL_BENCH_DATA ?? '../shared/data', 'freshwiki', 'json')
if (!existsSync(folder)) {
  console.error('No articles found: set QUILL_BENCH_DATA to the folder that holds freshwiki/json.')
  process.exit(1)
}

const articles = readArticles(folder)
if (process.argv.includes('--load')) {
  // A process of its own, so that its memory is the draft's alone.
  const words = Number(process.argv.at(-1))
  console.log(JSON.stringify(await measureDraft(transcriptOf(articles, words))))
} else {
  print([...(await measureQuality()), ...(await measureLoad())])
}

async function measureQuality(): Promise<Row[]> {
  const samples: Samples = new Map()
  const halves: Samples[] = [new Map(), new Map()]
  for (const [index, article] of articles.entries()) {
    const own: Samples = new Map()
    const analysis = await analyse([article.material], pace)
    if (article.words >= ARTICLE_WORDS_MIN) await measureDigest(article, analysis, index, own)
    await measureSummary(article, analysis, index, own)
    await measureSegments(article, analysis, index, own)
    for (const [name, values] of own)
      for (const into of [samples, halves[index % 2]!]) record(into, name, ...values)
  }
  return rowsOf(samples, halves)
}

async function measureDigest(article: Article, analysis: Analysis, seed: number, samples: Samples) {
  const { material, entities } = article
  const options = { words: DIGEST_WORDS }
  const outline = await offline.outline([material], options, context)
  const texts: string[] = []
  const citations: Citation[] = []
  for (const chapter of await offline.chapters(outline, [material], options, context)) {
    const section = await offline.section(chapter, [material], options, context)
    texts.push(plainText(section.markdown))
    citations.push(...section.citations)
  }
  const body = bodyOf(article)
  const recall = (text: string) => entityRecall(firstWords(text, DIGEST_WORDS), entities)
  record(samples, 'digest length', plainWords(texts.join(' ')).length)
  record(
    samples,
    'citations verbatim',
    citations.filter((citation) => isVerbatim(article, citation)).length / citations.length,
  )
  record(samples, 'entity recall', recall(texts.join(' ')))
  record(samples, 'entity recall: first words', recall(body))
  record(samples, 'entity recall: random', recall(randomSentences(body, DIGEST_WORDS, seed)))
  record(
    samples,
    'entity recall: LexRank per segment',
    recall(await lexRankDigest(article, analysis, outline.sections.length)),
  )
}

async function lexRankDigest(article: Article, analysis: Analysis, count: number): Promise<string> {
  const units = unitsOf(analysis, [...analysis.passages.keys()])
  const described = units.map((passages) => describeUnit(analysis, passages))
  const starts = await segment(described, { count, balance: PROSE_BALANCE }, pace)
  const parts = starts.map((start, at) => {
    const text = units
      .slice(start, starts[at + 1])
      .flat()
      .map((passage) => article.material.passages[passage]!.text)
      .join(' ')
    return lexRank(text, Math.round((DIGEST_WORDS * plainWords(text).length) / article.words))
  })
  return parts.join(' ')
}

function isVerbatim({ material }: Article, { passageId, start, end, quote }: Citation): boolean {
  const passage = material.passages.find(({ id }) => id === passageId)!
  const inside = start >= passage.start && end <= passage.end
  return inside && quote !== '' && passage.text.slice(start - passage.start, end - passage.start) === quote
}

async function measureSummary(article: Article, analysis: Analysis, seed: number, samples: Samples) {
  const words = plainWords(article.lead).length
  const body = bodyOf(article)
  const texts = {
    '': plainText((await summarise(analysis, article.title, { words }, pace)).markdown),
    ': first words': body,
    ': random': randomSentences(body, words, seed),
    ': LexRank': lexRank(body, words),
  }
  for (const [suffix, text] of Object.entries(texts)) {
    record(samples, `lead ROUGE-1${suffix}`, rouge(firstWords(text, words), article.lead, 1))
    record(samples, `lead ROUGE-2${suffix}`, rouge(firstWords(text, words), article.lead, 2))
  }
}

async function measureSegments({ sections }: Article, analysis: Analysis, seed: number, samples: Samples) {
  const truth = [...new Set(sections)].map((section) => sections.indexOf(section))
  const units = unitsOf(analysis, [...analysis.passages.keys()]).map((passages) =>
    describeUnit(analysis, passages),
  )
  const [count, length] = [truth.length, units.length]
  const bags = units.map(({ terms }) => terms)
  const cuts = {
    '': await segment(units, { count, balance: PROSE_BALANCE }, pace),
    ': none': [0],
    ': even': evenCuts(length, count),
    ': random': randomCuts(length, count, Math.floor(chance(seed)() * 1e6)),
    ': TextTiling': textTiling(bags, count),
  }
  for (const [suffix, starts] of Object.entries(cuts)) {
    record(samples, `segmentation Pk${suffix}`, pk(starts, truth, length))
    record(samples, `boundary F1${suffix}`, boundaryF1(starts, truth))
  }
}

function rowsOf(samples: Samples, halves: readonly Samples[]): Row[] {
  const value = (from: Samples, name: string) => mean(from.get(name) ?? [])
  const rows: Row[] = []
  for (const name of [...samples.keys()].sort()) {
    const [own, variant] = name.split(': ')
    if (variant) {
      rows.push({ name, value: value(samples, name), unit: 'score' })
      continue
    }
    const rivals = [...samples.keys()]
      .filter((key) => key.startsWith(`${own}: `))
      .map((key) => value(samples, key))
    const best = own === 'segmentation Pk' ? Math.min(...rivals) : Math.max(...rivals)
    const now = value(samples, name)
    const unit = name === 'digest length' ? 'words' : name === 'citations verbatim' ? 'share' : 'score'
    rows.push({ name, value: now, unit, ...(rivals.length > 0 ? { baseline: best, ratio: now / best } : {}) })
    for (const [at, half] of halves.entries()) {
      rows.push({ name: `${name} (half ${at + 1})`, value: value(half, name), unit })
    }
  }
  return rows
}

async function measureLoad(): Promise<Row[]> {
  const rows: Row[] = []
  for (const [name, words] of [
    ['transcript', TRANSCRIPT_WORDS],
    ['long source', LONG_SOURCE_WORDS],
  ] as const) {
    const command = [process.execPath, import.meta.path, '--load', String(words)]
    const child = Bun.spawnSync(command, { env: process.env, stderr: 'inherit' })
    const load = JSON.parse(child.stdout.toString()) as Awaited<ReturnType<typeof measureDraft>>
    rows.push(
      { name: `${name}: length`, value: load.words, unit: 'words' },
      { name: `${name}: processor time`, value: load.cpuSeconds, unit: 's' },
      { name: `${name}: wall time`, value: load.wallSeconds, unit: 's' },
      { name: `${name}: peak memory`, value: load.peakRssMb, unit: 'MB' },
      { name: `${name}: longest stall`, value: load.longestStallMs, unit: 'ms' },
    )
  }
  return rows
}

function record(samples: Samples, name: string, ...values: number[]) {
  samples.set(name, [...(samples.get(name) ?? []), ...values])
}

function print(rows: readonly Row[]) {
  if (process.argv.includes('--json')) return console.log(JSON.stringify(rows, null, 2))
  for (const { name, value, unit, baseline } of rows) {
    const figure = value.toFixed(unit === 'words' || unit === 'MB' || unit === 'ms' ? 0 : 3)
    const beside = baseline === undefined ? '' : `   best baseline ${baseline.toFixed(3)}`
    console.log(`${name.padEnd(38)} ${figure.padStart(8)} ${unit}${beside}`)
  }
}
