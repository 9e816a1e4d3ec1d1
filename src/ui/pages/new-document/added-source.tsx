import { useQuery } from '@tanstack/react-query'
import { Problem } from '../../api/client.ts'
import { firstPassagesQuery, lastPassageQuery, type Source } from '../../api/sources.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { kindName } from '../sources/kind-name.ts'
import type { Added } from './use-adding.ts'

const PASSAGES_SHOWN = 3
const SPEAKERS_NAMED = 4

/** One source of the document: while it is read, what was recognised in it, or why it could not be read. */
export function AddedSource({ item, onRemove }: { item: Added; onRemove: () => void }) {
  if (item.error !== undefined)
    return (
      <ProblemNotice
        error={item.error}
        safe={`“${item.name}” was not added; everything else is as it was.`}
        act={
          <>
            {mayPass(item.error) && <Button onClick={() => void item.retry?.()}>Try again</Button>}
            <Button onClick={onRemove}>Leave it out</Button>
          </>
        }
      />
    )
  return (
    <section className="card added" aria-label={item.source?.title ?? item.name} aria-busy={!item.source}>
      <header>
        <h3 className="grow" dir="auto">
          {item.source?.title ?? item.name}
        </h3>
        <IconButton icon="cross" label={`Leave out ${item.source?.title ?? item.name}`} onClick={onRemove} />
      </header>
      {item.source ? <Recognised source={item.source} /> : <p className="muted">Reading…</p>}
    </section>
  )
}

/** What the API refused it would refuse again. */
const mayPass = (error: unknown) => !(error instanceof Problem) || error.status === 0 || error.status >= 500

function Recognised({ source }: { source: Source }) {
  const passages = useQuery(firstPassagesQuery(source.id)).data?.items ?? []
  const last = useQuery(lastPassageQuery(source)).data
  const speakers = [...new Set(passages.flatMap((passage) => passage.speaker ?? []))]
  const facts = [
    kindName(source.kind),
    `${source.words.toLocaleString('en')} words`,
    source.passageCount === 1 ? '1 passage' : `${source.passageCount.toLocaleString('en')} passages`,
    ...(last?.time ? [`${last.time} long`] : []),
  ]
  return (
    <>
      <p className="muted">{facts.join(' · ')}</p>
      {speakers.length > 0 && (
        <p className="muted" dir="auto">
          {speakers.length === 1 ? 'Speaker' : 'Speakers'}: {speakers.slice(0, SPEAKERS_NAMED).join(', ')}
          {speakers.length > SPEAKERS_NAMED && ` and ${speakers.length - SPEAKERS_NAMED} more`}
        </p>
      )}
      <ul className="first-passages">
        {passages.slice(0, PASSAGES_SHOWN).map((passage) => (
          <li key={passage.id} dir="auto">
            {passage.speaker && <b>{passage.speaker} </b>}
            {passage.text}
          </li>
        ))}
      </ul>
    </>
  )
}
