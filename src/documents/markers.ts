import { frontmatterLength } from './markdown.ts'
import { blockTokens, lineStarts, noteLabel } from './parser.ts'

const LABEL_CHARS_MAX = 64

/** A footnote marker in a text: `markdown.slice(start, end)` is `[^label]`. */
export type Marker = { label: string; start: number; end: number }

/**
 * The markers of a text in reading order: not those in frontmatter, in code, in addresses, escaped, or that
 * open a definition; and the labels that the text defines itself.
 */
export function scanMarkers(markdown: string): { markers: Marker[]; defined: Set<string> } {
  const markers: Marker[] = []
  const defined = new Set<string>()
  if (!markdown.includes('[^')) return { markers, defined }
  const head = frontmatterLength(markdown)
  const body = markdown.slice(head)
  const starts = lineStarts(body).map((start) => head + start)
  const definitions = new Map<number, number>()
  for (const token of blockTokens(body, { html: false })) {
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

/** The text with each of some of its markers replaced. */
export function replaceMarkers(
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
