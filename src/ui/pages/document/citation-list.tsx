import { useEffect, useRef } from 'react'
import { Link } from 'wouter'
import type { Citation } from '../../api/documents.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { Icon } from '../../components/icons.tsx'

/** Every citation of the version in the order of its markers. A press goes to the sentence that it supports. */
export function CitationList({
  citations,
  active,
}: {
  citations: ReadonlyMap<string, Citation>
  active: string | undefined
}) {
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    if (active)
      list.current
        ?.querySelector(`[data-marker="${CSS.escape(active)}"]`)
        ?.scrollIntoView({ block: 'nearest' })
  }, [active])
  if (citations.size === 0) return <EmptyState>No sentence of this version has a source.</EmptyState>
  return (
    <ol className="citation-list" ref={list}>
      {[...citations.values()].map((citation) => (
        <li
          key={citation.marker}
          data-marker={citation.marker}
          data-active={citation.marker === active || undefined}
        >
          <button type="button" onClick={() => goToMarker(citation.marker)}>
            <span className="number">{citation.marker}</span>
            <span className="grow">
              <span className="said" dir="auto">
                {citation.quote}
              </span>
              <span className="muted">{[citation.speaker, citation.time].filter(Boolean).join(' · ')}</span>
            </span>
          </button>
          <Link
            href={`/sources/${citation.sourceId}#${citation.passageId}`}
            className="button"
            data-look="quiet"
            data-icon=""
            title="Open in source"
            aria-label={`Open source ${citation.marker}`}
          >
            <Icon name="source" />
          </Link>
        </li>
      ))}
    </ol>
  )
}

function goToMarker(marker: string) {
  const button = document.querySelector<HTMLElement>(`.prose [data-citation="${CSS.escape(marker)}"]`)
  button?.scrollIntoView({ block: 'center' })
  button?.focus({ preventScroll: true })
}
