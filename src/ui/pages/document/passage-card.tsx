import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useLayoutEffect, useRef } from 'react'
import { Link } from 'wouter'
import type { Citation } from '../../api/documents.ts'
import { passageQuery } from '../../api/sources.ts'
import { placeNear } from '../../components/place-near.ts'
import { aroundQuote } from './around-quote.ts'

type Props = {
  citation: Citation
  anchor: HTMLElement
  pinned: boolean
  onClose: (backToMarker: boolean) => void
  onHold: (held: boolean) => void
}

/** The words a sentence came from, beside its marker: who said them, when, and what stood around them. */
export function PassageCard({ citation, anchor, pinned, onClose, onHold }: Props) {
  const card = useRef<HTMLDivElement>(null)
  const found = useQuery(passageQuery(citation.passageId)).data
  const { before, after } = aroundQuote(citation, found?.passage)

  // biome-ignore lint/correctness/useExhaustiveDependencies: the card grows when the passage arrives
  useLayoutEffect(() => {
    const element = card.current!
    if (!element.matches(':popover-open')) element.showPopover()
    placeNear(element, anchor.getBoundingClientRect(), 'center')
  }, [anchor, found])
  useLayoutEffect(() => {
    anchor.setAttribute('aria-expanded', 'true')
    return () => anchor.setAttribute('aria-expanded', 'false')
  }, [anchor])
  useLayoutEffect(() => {
    if (pinned) card.current!.querySelector('a')?.focus()
  }, [pinned])

  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' && event.key !== 'Tab') return
    if (event.key === 'Escape') event.preventDefault()
    onClose(true)
  }
  return (
    <div
      ref={card}
      className="passage-card"
      popover="manual"
      role="dialog"
      aria-label={`Source ${citation.marker}`}
      onPointerEnter={() => onHold(true)}
      onPointerLeave={() => onHold(false)}
      onKeyDown={onKey}
    >
      <p className="where">
        {citation.speaker && <b dir="auto">{citation.speaker}</b>}
        {citation.time && <span className="figure">{citation.time}</span>}
      </p>
      <p className="quote" dir="auto">
        {before}
        <mark>{citation.quote}</mark>
        {after}
      </p>
      <p className="from">
        <span className="clip" dir="auto">
          {found?.sourceTitle}
        </span>
        <Link href={`/sources/${citation.sourceId}#${citation.passageId}`}>Open in source</Link>
      </p>
    </div>
  )
}
