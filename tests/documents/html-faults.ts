import { Parser } from 'htmlparser2'

const anything = /^/
const address =
  /^(?:https?:\/\/|mailto:|#|\/(?!\/)|\/\/|\?|\.|(?![a-z][a-z0-9+.-]*:)[^/#?:]|(?![^/?#]*:)[^:])|^$/i
const id = /^[^\s"<>&]+$/
const direction = /^auto$/
const side = /^has-text-align-(?:left|right|center)$/
const heading = { id, dir: direction }
const cell = { class: side, dir: direction }
const allowed: Record<string, Record<string, RegExp>> = {
  a: {
    href: address,
    id,
    title: anything,
    rel: /^noopener noreferrer nofollow$/,
    class: /^back$/,
    'aria-label': anything,
    'data-citation': anything,
  },
  img: {
    src: /^(?:https:\/\/|(?!\/\/)(?![a-z][a-z0-9+.-]*:))/i,
    alt: anything,
    title: anything,
    loading: /^lazy$/,
  },
  h1: heading,
  h2: heading,
  h3: heading,
  h4: heading,
  h5: heading,
  h6: heading,
  p: { dir: direction },
  li: { dir: direction, id, value: /^\d+$/ },
  q: { dir: direction },
  ol: { start: /^\d+$/, type: /^a$/ },
  td: cell,
  th: { ...cell, scope: /^col$/ },
  code: { class: /^language-[\w+#.-]+$/ },
  sup: { class: /^(?:cite|note)$/ },
  span: { class: /^where$/, dir: direction },
  section: { class: /^(?:citations|notes)$/, 'aria-label': /^(?:Sources|Notes)$/ },
  ul: {},
  blockquote: {},
  pre: {},
  em: {},
  strong: {},
  s: {},
  br: {},
  hr: {},
  table: {},
  thead: {},
  tbody: {},
  tr: {},
}
const voidTags = new Set(['img', 'br', 'hr'])

/**
 * Everything wrong with a piece of HTML: tags, attributes and values that are not allowed, and what is not
 * well formed.
 */
export function htmlFaults(html: string): string[] {
  const found: string[] = []
  const open: string[] = []
  const ids: string[] = []
  const targets: string[] = []
  new Parser(
    {
      onopentag(name, attributes) {
        if (!allowed[name]) found.push(`<${name}>`)
        if (name === 'a' && open.includes('a')) found.push('a link in a link')
        if (name === 'img' && attributes.alt === undefined) found.push('a picture without alt')
        for (const [key, value] of Object.entries(attributes)) {
          if (!allowed[name]?.[key]?.test(value)) found.push(`<${name} ${key}="${value}">`)
        }
        if (attributes.id) ids.push(attributes.id)
        if (attributes['aria-label'] && attributes.href?.startsWith('#'))
          targets.push(attributes.href.slice(1))
        open.push(name)
      },
      onclosetag(name, implied) {
        if (implied && !voidTags.has(name)) found.push(`<${name}> is not closed`)
        if (open.pop() !== name) found.push(`</${name}> closes another`)
      },
      oncomment: () => found.push('a comment'),
      onprocessinginstruction: () => found.push('an instruction'),
    },
    { recognizeSelfClosing: false },
  ).end(html)
  if (new Set(ids).size !== ids.length) found.push('an id twice')
  for (const target of targets) if (!ids.includes(target)) found.push(`#${target} leads nowhere`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const clean = html.isWellFormed() && !/[\0-\x08\x0B\x0C\x0E-\x1F]/.test(html)
  if (!clean) found.push('a character HTML may not hold')
  return found
}
