import type { Citation, CitedMarkdown } from '#src/ai/schemas.ts'
import { frontmatterLength } from './markdown.ts'
import { type Marker, replaceMarkers, scanMarkers } from './markers.ts'
import { blockTokens } from './parser.ts'

/** A quote longer than this is shortened at the end of a word where it is shown. */
export const QUOTE_CHARS_MAX = 300

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
  const closed = closeFence(markdown)
  return `${closed}${blankLineAfter(closed)}${definitions.join('\n')}\n`
}

/**
 * Numbers the citations of several pieces through, from `first` on, in the order their markers are read.
 * What is not a citation's marker keeps its label, and no citation takes a label that is kept. A citation
 * whose marker the text does not use is left out: it supports nothing.
 */
export function renumber(drafts: CitedMarkdown[], first = 1): CitedMarkdown[] {
  const scanned = drafts.map(({ markdown, citations }) => {
    const { markers, defined } = scanMarkers(markdown)
    const known = new Set(citations.map((citation) => citation.marker)).difference(defined)
    return { markdown, citations, markers, known }
  })
  const kept = new Set(
    scanned.flatMap(({ markers, known }) =>
      markers.map((marker) => marker.label).filter((label) => !known.has(label)),
    ),
  )
  let next = first
  return scanned.map(({ markdown, citations, markers, known }) => {
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

/** The markers of a text in reading order, but for code, addresses, escapes and the heads of definitions. */
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

/** A fence that nothing closes would take in what is appended. */
function closeFence(markdown: string): string {
  const body = markdown.slice(frontmatterLength(markdown))
  const fence = blockTokens(`${body}\n\nend`, { html: false }).at(-1)
  if (fence?.type !== 'fence') return markdown
  return `${markdown}${/[\r\n]$/.test(markdown) ? '' : '\n'}${fence.markup}\n`
}

/** A line end that follows a lone CR would only complete it. */
function blankLineAfter(markdown: string): string {
  const end = /[ \t\r\n]*$/.exec(markdown.slice(-64))![0]
  const missing = Math.max(0, 2 - (end.match(/\r\n?|\n/g) ?? []).length)
  return '\n'.repeat(missing > 0 && end.endsWith('\r') ? missing + 1 : missing)
}
