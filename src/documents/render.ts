import type { Token } from 'markdown-it'
import type { Citation } from '#src/ai/schemas.ts'
import { shortenQuote, withoutMarkers } from './footnotes.ts'
import { dressImage, dressLink, isSafeAddress } from './links.ts'
import { frontmatterLength, textOf } from './markdown.ts'
import { createParser, noteLabel } from './parser.ts'

const SLUG_CHARS_MAX = 80
const rightToLeft = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/

/**
 * `sourceTitles` is keyed by source id; `origin` is this site's own (`https://blog.example`), whose images
 * and links are not foreign; `idPrefix` keeps ids apart where one page shows several texts.
 */
export type RenderOptions = {
  citations?: Citation[]
  sourceTitles?: Record<string, string>
  origin?: string
  idPrefix?: string
}

/**
 * Markdown as HTML that is safe to show whatever the Markdown contains: raw HTML is shown as text, links
 * lead to http, https, mailto, relative addresses and `#`, images come from relative, same-origin or https
 * addresses and are a text link otherwise. The markers of `citations` become numbers that lead to the list
 * of sources at the end, and back; footnotes the author wrote are lettered, in a list before it.
 * Frontmatter is left out.
 */
export function renderHtml(markdown: string, options: RenderOptions = {}): string {
  const page = newPage(options)
  const refs = Object.fromEntries([...page.citations.keys()].map((marker) => [`:${marker}`, -1]))
  const tokens = parser.parse(cleanText(markdown), { footnotes: { refs } })
  return renderTokens(takeDefinitions(tokens, page), page) + renderNotes(page) + renderSources(page)
}

/** Markdown as plain text: no markup, no citation markers; table cells are parted by tabs. */
export function renderText(markdown: string): string {
  const tokens = parser.parse(cleanText(withoutMarkers(markdown)), {})
  const counters: (number | undefined)[] = []
  let text = ''
  let sign = ''
  let tight = false
  const add = (block: string, close: boolean) => {
    text += `${text === '' ? '' : tight && close ? '\n' : '\n\n'}${sign}${block}`
    tight = close
    sign = ''
  }
  let row: string[] | undefined
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'bullet_list_open') counters.push(undefined)
    else if (token.type === 'ordered_list_open') counters.push(Number(token.attrGet('start') ?? 1))
    else if (token.type === 'list_item_open') sign = nextSign(counters)
    else if (token.type === 'list_item_close') sign = ''
    else if (token.type.endsWith('_list_close')) {
      counters.pop()
      tight &&= counters.length > 0
    } else if (token.type === 'tr_open') row = []
    else if (token.type === 'tr_close') add((row ?? []).join('\t'), true)
    else if (token.type === 'table_close') {
      row = undefined
      tight = false
    } else if (token.type === 'inline' && row) row.push(textOf(token.children ?? []))
    else if (token.type === 'inline') add(textOf(token.children ?? []), tokens[index - 1]!.hidden)
    else if (token.type === 'fence' || token.type === 'code_block') add(token.content.trimEnd(), false)
  }
  return text === '' ? '' : `${text}\n`
}

const parser = createParser({ html: false })
parser.validateLink = isSafeAddress
parser.renderer.rules.footnote_ref = (tokens, index) => tokens[index]!.content

const escapeHtml = parser.utils.escapeHtml

type Page = Omit<RenderOptions, 'citations'> & {
  citations: Map<string, Citation[]>
  idPrefix: string
  definitions: Map<string, Token[]>
  /** In the order of their first marker, with the key of their ids and how many markers there are. */
  notes: Map<string, { key: string; uses: number }>
  sources: Map<string, { key: string; uses: number }>
  slugs: Map<string, number>
  ids: Set<string>
}

function newPage(options: RenderOptions): Page {
  return {
    ...options,
    citations: Map.groupBy(options.citations ?? [], (citation) => citation.marker),
    idPrefix: options.idPrefix ?? '',
    definitions: new Map(),
    notes: new Map(),
    sources: new Map(),
    slugs: new Map(),
    ids: new Set(),
  }
}

/** Without frontmatter, half characters and control characters, none of which HTML may hold. */
function cleanText(markdown: string): string {
  return (
    markdown
      .slice(frontmatterLength(markdown))
      .replace(/^\uFEFF/, '')
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/[\0-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\uFFFE\uFFFF]/g, '\uFFFD')
  )
}

/** Moves the bodies of the author's footnotes out of the text; the first definition of a label counts. */
function takeDefinitions(tokens: Token[], page: Page): Token[] {
  const text: Token[] = []
  const open: Token[][] = []
  for (const token of tokens) {
    if (token.type === 'footnote_reference_open') {
      const body: Token[] = []
      if (!page.definitions.has(noteLabel(token))) page.definitions.set(noteLabel(token), body)
      open.push(body)
    } else if (token.type === 'footnote_reference_close') open.pop()
    else (open.at(-1) ?? text).push(token)
  }
  return text
}

function renderTokens(tokens: Token[], page: Page): string {
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'inline') {
      const parent = tokens[index - 1]?.hidden ? tokens[index - 2] : tokens[index - 1]
      if (parent?.nesting === 1 && rightToLeft.test(token.content)) parent.attrSet('dir', 'auto')
      if (parent?.type === 'heading_open') parent.attrSet('id', headingId(token, page))
      token.children = finishInline(token.children ?? [], page)
    } else if (token.type === 'th_open' || token.type === 'td_open') finishCell(token)
    else if (token.type === 'fence') token.info = /^\s*([\w+#.-]{1,40})/.exec(token.info)?.[1] ?? ''
  }
  return parser.renderer.render(tokens, parser.options, {})
}

function finishCell(token: Token): void {
  const side = /^text-align:(left|right|center)$/.exec(String(token.attrGet('style') ?? ''))?.[1]
  token.attrs = token.type === 'th_open' ? [['scope', 'col']] : []
  // A class that WordPress knows too: a style attribute would fall to a content security policy.
  if (side) token.attrSet('class', `has-text-align-${side}`)
}

/** Dresses links and images and resolves markers; one inside a link waits for its end: links do not nest. */
function finishInline(children: Token[], page: Page): Token[] {
  const finished: Token[] = []
  const waiting: Token[] = []
  let linked = false
  for (const token of children) {
    if (token.type === 'image') finished.push(...dressImage(token, linked, page))
    else if (token.type === 'footnote_ref') {
      token.content = renderMarker(noteLabel(token), page)
      ;(linked ? waiting : finished).push(token)
    } else finished.push(token)
    if (token.type === 'link_open') {
      linked = true
      dressLink(token, page)
    } else if (token.type === 'link_close') {
      linked = false
      finished.push(...waiting.splice(0))
    }
  }
  return finished
}

function headingId(inline: Token, page: Page): string {
  const words = textOf(inline.children ?? [])
    .normalize()
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+/gu)
  const slug = [...(words ?? []).join('-')].slice(0, SLUG_CHARS_MAX).join('').replace(/-$/, '') || 'section'
  // The names that markers and their lists use are not for headings.
  const base = /^(?:cite|ref|note|noteref)-/.test(slug) ? `section-${slug}` : slug
  let id = base
  for (let count = page.slugs.get(base) ?? 1; page.ids.has(id); id = `${base}-${count}`) {
    page.slugs.set(base, ++count)
  }
  page.ids.add(id)
  return page.idPrefix + id
}

function renderMarker(label: string, page: Page): string {
  const cited = !page.definitions.has(label)
  const list = cited ? page.sources : page.notes
  const entry = list.get(label) ?? { key: cited ? sourceKey(label, list.size) : letters(list.size), uses: 0 }
  entry.uses++
  list.set(label, entry)
  const use = entry.uses === 1 ? entry.key : `${entry.key}.${entry.uses}`
  const [kind, from] = cited ? ['cite', 'ref'] : ['note', 'noteref']
  const shown = cited ? escapeHtml(label) : entry.key
  const name = cited ? `data-citation="${shown}" aria-label="Source ${shown}"` : `aria-label="Note ${shown}"`
  const { idPrefix } = page
  const places = `href="#${idPrefix}${kind}-${entry.key}" id="${idPrefix}${from}-${use}"`
  return `<sup class="${kind}"><a ${places} ${name}>${shown}</a></sup>`
}

/** A label of any kind makes a key for ids; no label of the first kind has a dot. */
const sourceKey = (label: string, index: number) => (/^[\w-]{1,32}$/.test(label) ? label : `.${index + 1}`)

/** a, b, … z, aa, ab, …: as `<ol type="a">` counts. */
function letters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26))
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last
}

function renderNotes(page: Page): string {
  let items = ''
  // A footnote may use others: the list grows while it is read.
  for (const [label, { key }] of page.notes) {
    const body = renderTokens(page.definitions.get(label) ?? [], page)
    const target = `#${page.idPrefix}noteref-${key}`
    const back = `<a href="${target}" class="back" aria-label="Back to note ${key}">↩</a>`
    const ends = body.endsWith('</p>\n') ? `${body.slice(0, -5)} ${back}</p>` : body + back
    items += `<li id="${page.idPrefix}note-${key}">${ends}</li>\n`
  }
  return items && `<section class="notes" aria-label="Notes">\n<ol type="a">\n${items}</ol>\n</section>\n`
}

function renderSources(page: Page): string {
  let items = ''
  for (const [label, { key }] of page.sources) {
    const value = /^[1-9]\d{0,8}$/.test(label) ? ` value="${label}"` : ''
    const quotes = page.citations.get(label)!.map((citation) => renderCitation(citation, page))
    const back =
      `<a href="#${page.idPrefix}ref-${key}" class="back" ` +
      `aria-label="Back to the text from source ${escapeHtml(label)}">↩</a>`
    items += `<li id="${page.idPrefix}cite-${key}"${value}>${quotes.join(' ')} ${back}</li>\n`
  }
  return items && `<section class="citations" aria-label="Sources">\n<ol>\n${items}</ol>\n</section>\n`
}

function renderCitation(citation: Citation, page: Page): string {
  const titles = page.sourceTitles ?? {}
  const title = Object.hasOwn(titles, citation.sourceId) ? titles[citation.sourceId] : undefined
  const where = [citation.speaker, citation.time, title].filter((part) => part).map((part) => plain(part!))
  const quote = `<q dir="auto">${plain(shortenQuote(citation.quote))}</q>`
  return where.length === 0 ? quote : `${quote} <span class="where" dir="auto">${where.join(', ')}</span>`
}

const plain = (text: string) => escapeHtml(cleanText(text))

function nextSign(counters: (number | undefined)[]): string {
  const indent = '  '.repeat(Math.max(0, counters.length - 1))
  const count = counters.at(-1)
  if (count === undefined) return `${indent}• `
  counters[counters.length - 1] = count + 1
  return `${indent}${count}. `
}
