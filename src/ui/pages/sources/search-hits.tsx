import { Link } from 'wouter'
import type { SearchHit } from '../../api/sources.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { markWords } from './mark-words.ts'

/** The passages that fit a search, best first, each a way to its place in its source. */
export function SearchHits({ q, hits }: { q: string; hits: SearchHit[] }) {
  return (
    <>
      <p className="muted hit-count" role="status">
        {hits.length === 0 ? 'No passage' : hits.length === 1 ? '1 passage' : `${hits.length} passages`} for “
        {q}”
      </p>
      {hits.length === 0 && <EmptyState>No source says this. Try fewer or other words.</EmptyState>}
      <ol className="rows">
        {hits.map(({ passage, sourceTitle }) => (
          <li key={passage.id} className="hit">
            <Link href={`/sources/${passage.sourceId}#${passage.id}`} dir="auto">
              {markWords(passage.text, q).map(({ text, isHit, at }) =>
                isHit ? <mark key={at}>{text}</mark> : <span key={at}>{text}</span>,
              )}
            </Link>
            <p className="muted" dir="auto">
              {[passage.speaker, passage.time, sourceTitle].filter(Boolean).join(' · ')}
            </p>
          </li>
        ))}
      </ol>
    </>
  )
}
