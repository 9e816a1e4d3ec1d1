import { memo, useLayoutEffect, useRef } from 'react'
import type { Citation } from '../../api/documents.ts'

export type PostHeading = { id: string; text: string; level: number }

type Props = {
  html: string
  citations: ReadonlyMap<string, Citation>
  onHeadings: (headings: PostHeading[]) => void
}

/**
 * The one place where HTML is put into the page. It comes from the server's renderer, which lets nothing through
 * but text, links and images of safe addresses; the policy of the page refuses scripts even so. Citation markers
 * become buttons, so that they can be reached and pressed.
 */
export const PostBody = memo(function PostBody({ html, citations, onHeadings }: Props) {
  const body = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    for (const link of body.current!.querySelectorAll<HTMLElement>('.cite > a[data-citation]'))
      dressMarker(link, citations)
    const headings = [...body.current!.querySelectorAll<HTMLElement>(':scope > :is(h1, h2, h3)')]
    for (const heading of headings) heading.tabIndex = -1
    onHeadings(
      headings.map(({ id, textContent, tagName }) => ({ id, text: textContent, level: Number(tagName[1]) })),
    )
  }, [citations, onHeadings])
  // biome-ignore lint/security/noDangerouslySetInnerHtml: rendered safely by the server, see above
  return <div ref={body} className="prose" dir="auto" dangerouslySetInnerHTML={{ __html: html }} />
})

/** An inline element, so that no line breaks between a sentence and its marker: a real button would allow that. */
function dressMarker(link: HTMLElement, citations: ReadonlyMap<string, Citation>) {
  link.setAttribute('role', 'button')
  link.setAttribute('aria-expanded', 'false')
  const quote = citations.get(link.dataset.citation!)?.quote
  if (quote) link.setAttribute('aria-description', quote)
}
