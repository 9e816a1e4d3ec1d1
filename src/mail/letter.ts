const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A mail before it is written out: its subject, and paragraphs, each of them text or a link. */
export type Letter = { subject: string; paragraphs: (string | Link)[] }
type Link = { label: string; href: string }

export type Message = { subject: string; text: string; html: string }

/**
 * Writes a letter as plain text and as HTML without styles or pictures from elsewhere.
 * Throws for a link that is not http(s).
 */
export function writeLetter({ subject, paragraphs }: Letter): Message {
  const checked = paragraphs.map((paragraph) =>
    typeof paragraph === 'string' ? paragraph : { ...paragraph, href: checkLink(paragraph.href) },
  )
  return { subject, text: checked.map(asText).join('\n\n').concat('\n'), html: asPage(subject, checked) }
}

/** The address as URL writes it, which leaves nothing in it that ends a line or an attribute. */
function checkLink(href: string): string {
  const url = new URL(href)
  if (!['http:', 'https:'].includes(url.protocol)) throw new Error('A mail links to http and https only.')
  return url.href
}

const asText = (paragraph: string | Link) =>
  typeof paragraph === 'string' ? paragraph : `${paragraph.label}:\n${paragraph.href}`

const asPage = (subject: string, paragraphs: (string | Link)[]) =>
  [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(subject)}</title>`,
    '</head>',
    '<body style="max-width: 36rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 sans-serif">',
    ...paragraphs.map(asHtml),
    '</body>',
    '</html>',
    '',
  ].join('\n')

const asHtml = (paragraph: string | Link) =>
  typeof paragraph === 'string'
    ? `<p>${escapeHtml(paragraph)}</p>`
    : `<p><a href="${escapeHtml(paragraph.href)}">${escapeHtml(paragraph.label)}</a></p>`

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)
