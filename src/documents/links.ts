import Markdown, { type Token } from 'markdown-it'
import { textOf } from './markdown.ts'

const schemes = new Set(['http', 'https', 'mailto'])

/** Whose page it is: `origin` as in `https://blog.example`; `idPrefix` stands before every id on it. */
export type Site = { origin?: string; idPrefix: string }

/** Whether a link may lead there: http, https, mailto, and whatever has no scheme. */
export function isSafeAddress(address: string): boolean {
  const scheme = schemeOf(address)
  return scheme === undefined || schemes.has(scheme)
}

/** Gives a link what its address asks for: a foreign site learns nothing and gains no weight by it. */
export function dressLink(token: Token, site: Site): void {
  const address = String(token.attrGet('href') ?? '')
  if (address.startsWith('#')) token.attrSet('href', `#${site.idPrefix}${address.slice(1)}`)
  const scheme = schemeOf(address)
  const foreign = scheme === 'http' || scheme === 'https' || address.startsWith('//')
  if (foreign && !isOwn(address, site)) token.attrSet('rel', 'noopener noreferrer nofollow')
}

/** An image that loads when it is seen, or a link to what may not be shown; inside a link, only its words. */
export function dressImage(image: Token, linked: boolean, site: Site): Token[] {
  const address = String(image.attrGet('src') ?? '')
  const scheme = schemeOf(address)
  const relative = scheme === undefined && !address.startsWith('//')
  if (relative || scheme === 'https' || isOwn(address, site)) {
    image.attrSet('loading', 'lazy')
    return [image]
  }
  const text = new Markdown.Token('text', '', 0)
  text.content = textOf(image.children ?? []) || address
  if (linked) return [text]
  const open = new Markdown.Token('link_open', 'a', 1)
  open.attrSet('href', address)
  dressLink(open, site)
  return [open, text, new Markdown.Token('link_close', 'a', -1)]
}

/** The scheme as a browser reads it, which skips control characters and spaces; '' for what is none. */
function schemeOf(address: string): string | undefined {
  const [start, ...rest] = address.replace(/[\0-\x20]/g, '').split(':')
  if (rest.length === 0 || /[/?#]/.test(start!)) return undefined
  return /^[a-z][a-z0-9+.-]*$/i.test(start!) ? start!.toLowerCase() : ''
}

const isOwn = (address: string, site: Site) =>
  site.origin !== undefined && (address === site.origin || address.startsWith(`${site.origin}/`))
