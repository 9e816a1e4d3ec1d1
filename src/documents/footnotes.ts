import type { Citation, CitedMarkdown } from '#src/ai/schemas.ts'
import { blockTokens, createParser, lineStarts, noteLabel } from '#src/documents/parser.ts'

/** A quote longer than this is shortened at the end of a word where it is shown. */
export const QUOTE_CHARS_MAX = 300
const LABEL_CHARS_MAX = 64

/** A footnote marker in a text: `markdown.slice(start, end)` is `[^label]`. */
export type Marker = { label: string; start: number; end: number }

/**
 * The text with a definition for every citation whose marker it uses and does not define itself:
 * `[^1]: “quote” — Speaker, 00:12:34, Source title`. `sourceTitles` is keyed by source id.
 */
export function withFootnotes(
  markdown: string,
  citations: Citation[],
  sourceTitles: Record<string, string> = {},
): string {
  const { markers, defined } = scanMarkers(markdown)
  const cited = Map.groupBy(citations, (citation) => citation.marker)
  const labels = new Set(markers.map((marker) => marker.label)).difference(defined)
  const definitions = [...labels]
    .filter((label) => cited.has(label))
    .map(
      (label) =>
        `[^${label}]: ${cited
          .get(label)!
          .map((one) => describe(one, sourceTitles))
          .join('; ')}`,
    )
  if (definitions.length === 0) return markdown
  return `${markdown}${blankLineAfter(markdown)}${definitions.join('\n')}\n`
}

/**
 * Numbers the citations of several pieces through, from `first` on, in the order their markers are read.
 * What is not a citation's marker keeps its label, and no citation takes a label that is kept. A citation whose
 * marker the text does not use is left out: it supports nothing.
 */
export function renumber(drafts: CitedMarkdown[], first = 1): CitedMarkdown[] {
  const scanned = drafts.map((draft) => ({ ...draft, ...scanMarkers(draft.markdown) }))
  const kept = new Set(
    scanned.flatMap(({ citations, markers, defined }) => [
      ...defined,
      ...markers
        .map((marker) => marker.label)
        .filter((label) => !citations.some((one) => one.marker === label)),
    ]),
  )
  let next = first
  return scanned.map(({ markdown, citations, markers, defined }) => {
    const known = new Set(citations.map((citation) => citation.marker)).difference(defined)
    const numbers = new Map<string, number>()
    for (const { label } of markers) {
      if (!known.has(label) || numbers.has(label)) continue
      while (kept.has(String(next))) next++
      numbers.set(label, next++)
    }
    return {
      markdown: replaceMarkers(markdown, markers, ({ label }) => `[^${numbers.get(label) ?? label}]`),
      citations: citations
        .filter((citation) => numbers.has(citation.marker))
        .map((citation) => ({ ...citation, marker: String(numbers.get(citation.marker)) }))
        .sort((a, b) => Number(a.marker) - Number(b.marker)),
    }
  })
}

/** The text without its citation markers; footnotes that the author defined stay. */
export function withoutMarkers(markdown: string): string {
  const { markers, defined } = scanMarkers(markdown)
  const citing = markers.filter((marker) => !defined.has(marker.label))
  const cuts = citing.map((marker) => {
    const spaced = /[ \t]/.test(markdown[marker.start - 1] ?? '')
    const loose = spaced && /^(?:$|[\s.,;:!?])/.test(markdown.slice(marker.end, marker.end + 1))
    return { ...marker, start: marker.start - (loose ? 1 : 0) }
  })
  return replaceMarkers(markdown, cuts, () => '')
}

/** The markers of a text in reading order: not those in code, in addresses, escaped, or that open a definition. */
export function findMarkers(markdown: string): Marker[] {
  return scanMarkers(markdown).markers
}

/** A quote on one line, at most QUOTE_CHARS_MAX characters and an ellipsis. */
export function shortenQuote(quote: string): string {
  const flat = quote.replace(/[\s\p{Cc}]+/gu, ' ').trim()
  if (flat.length <= QUOTE_CHARS_MAX) return flat
  const cut = flat.slice(0, QUOTE_CHARS_MAX).replace(/[\uD800-\uDBFF]$/, '')
  const space = cut.lastIndexOf(' ')
  return `${(space > QUOTE_CHARS_MAX / 2 ? cut.slice(0, space) : cut).trimEnd()}…`
}

const prose = createParser({ html: false })

function scanMarkers(markdown: string): { markers: Marker[]; defined: Set<string> } {
  const markers: Marker[] = []
  const defined = new Set<string>()
  if (!markdown.includes('[^')) return { markers, defined }
  const starts = lineStarts(markdown)
  const definitions = new Map<number, number>()
  for (const token of blockTokens(markdown, prose)) {
    const [from, to] = token.map ?? [0, 0]
    if (token.type === 'footnote_reference_open') {
      defined.add(noteLabel(token))
      definitions.set(from, (definitions.get(from) ?? 0) + 1)
    } else if (to > from && (token.type === 'inline' || token.type === 'tr_open')) {
      const start = afterLabels(markdown, starts[from]!, definitions.get(from) ?? 0)
      markers.push(...markersWithin(markdown.slice(0, starts[to] ?? markdown.length), start))
    }
  }
  return { markers, defined }
}

/** Past the labels of the definitions that open on a line. */
function afterLabels(markdown: string, start: number, count: number): number {
  let at = start
  for (let label = 0; label < count; label++) at = markdown.indexOf(']:', at) + 2
  return at
}

const marker = new RegExp(`\\[\\^([^\\]\\s]{1,${LABEL_CHARS_MAX}})\\]`, 'y')
const autolink = /<[a-z][a-z0-9+.-]{1,31}:[^<>\0- ]*>/iy
const special = /[\\`<[\]]/g

/** Reads inline Markdown from `start` to its end, stepping over escapes, code spans and addresses. */
function markersWithin(text: string, start: number): Marker[] {
  const found: Marker[] = []
  const runs = lastBacktickRuns(text, start)
  let unclosedUntil = start
  for (let at = nextSpecial(text, start); at >= 0; at = nextSpecial(text, at)) {
    const mark = text[at]
    if (mark === '\\') at += 2
    else if (mark === '`') at = afterCode(text, at, runs)
    else if (mark === '<') at = matchAt(autolink, text, at)?.end ?? at + 1
    else if (mark === '[') {
      const hit = matchAt(marker, text, at)
      if (hit) found.push({ label: hit.group, start: at, end: hit.end })
      at = hit?.end ?? at + 1
    } else if (text[at + 1] !== '(' || at < unclosedUntil) at++
    else {
      const end = at + 2 + text.slice(at + 2).search(/[\s)]|$/)
      if (text[end] !== ')') unclosedUntil = end
      at = text[end] === ')' ? end + 1 : at + 2
    }
  }
  return found
}

function nextSpecial(text: string, at: number): number {
  special.lastIndex = at
  return special.exec(text)?.index ?? -1
}

function matchAt(pattern: RegExp, text: string, at: number): { group: string; end: number } | undefined {
  pattern.lastIndex = at
  const match = pattern.exec(text)
  return match ? { group: match[1] ?? '', end: pattern.lastIndex } : undefined
}

/** Where the last run of backticks of each length begins: a code span opens only if one closes it. */
function lastBacktickRuns(text: string, start: number): Map<number, number> {
  const runs = new Map<number, number>()
  for (const run of text.slice(start).matchAll(/`+/g)) runs.set(run[0].length, start + run.index)
  return runs
}

function afterCode(text: string, at: number, runs: Map<number, number>): number {
  let end = at
  while (text[end] === '`') end++
  const length = end - at
  if ((runs.get(length) ?? -1) < end) return end
  for (let open = text.indexOf('`', end); open >= 0; open = text.indexOf('`', end)) {
    end = open
    while (text[end] === '`') end++
    if (end - open === length) return end
  }
  return at + length
}

function replaceMarkers(
  markdown: string,
  markers: Marker[],
  replacement: (marker: Marker) => string,
): string {
  let result = ''
  let done = 0
  for (const found of markers) {
    result += markdown.slice(done, found.start) + replacement(found)
    done = found.end
  }
  return result + markdown.slice(done)
}

function describe(citation: Citation, sourceTitles: Record<string, string>): string {
  const title = Object.hasOwn(sourceTitles, citation.sourceId) ? sourceTitles[citation.sourceId] : undefined
  const where = [citation.speaker, citation.time, title]
    .filter((part) => part)
    .map((part) => escapeText(part!))
  return [`“${escapeText(shortenQuote(citation.quote))}”`, where.join(', ')]
    .filter((part) => part)
    .join(' — ')
}

/** Text that Markdown shows as it is, without links, on one line. */
function escapeText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]<>&~|$@]/g, '\\$&')
    .replace(/:\/\//g, ':\\//')
    .replace(/\bwww\./gi, (www) => `${www.slice(0, -1)}\\.`)
}

function blankLineAfter(markdown: string): string {
  if (/(?:\r\n?|\n)[ \t]*(?:\r\n?|\n)[ \t]*$/.test(markdown.slice(-64))) return ''
  return /[\r\n][ \t]*$/.test(markdown.slice(-64)) ? '\n' : '\n\n'
}
