import { useState } from 'react'
import { Link } from 'wouter'
import { type DeadLetter, useLetters } from '../../api/dead-letters.ts'
import { type Run, useRecentRuns } from '../../api/runs.ts'
import { Button } from '../../components/button.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { Moment } from '../../components/time.tsx'
import { letterName } from './failure-words.ts'
import { handOnFocus } from './hand-on-focus.ts'
import { LetterDialog } from './letter-dialog.tsx'
import { useRetryLetter } from './use-retry.ts'

/** The jobs that died of one thing, newest first; each opens to what it was to work on. */
export function LetterTable({ group, label }: { group: string; label: string }) {
  const [looked, setLooked] = useState<string>()
  const letters = useLetters(group)
  const runs = new Map(useRecentRuns().data?.map((run) => [run.id, run]))
  const items = letters.data?.pages.flatMap((page) => page.items)
  if (letters.error) return <ProblemNotice error={letters.error} />
  if (!items) return <Skeleton lines={2} />
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="table letters" aria-label={label} tabIndex={0}>
        <table>
          <Head />
          <tbody>
            {items.map((letter) => (
              <LetterRow
                key={letter.id}
                letter={letter}
                run={runs.get(letter.runId ?? '')}
                onLook={() => setLooked(letter.id)}
              />
            ))}
          </tbody>
        </table>
      </section>
      {letters.hasNextPage && (
        <div className="more">
          <Button pending={letters.isFetchingNextPage} onClick={() => letters.fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
      {items.some(({ id }) => id === looked) && (
        <div ref={handOnFocus}>
          <LetterDialog id={looked!} onClose={() => setLooked(undefined)} />
        </div>
      )}
    </>
  )
}

const Head = () => (
  <thead>
    <tr>
      <th scope="col">Job</th>
      <th scope="col" className="wide">
        Why
      </th>
      <th scope="col">Run</th>
      <th scope="col" className="number">
        Attempts
      </th>
      <th scope="col" className="number">
        Given up
      </th>
      <th scope="col">
        <span className="visually-hidden">Acts</span>
      </th>
    </tr>
  </thead>
)

type RowProps = { letter: DeadLetter; run: Run | undefined; onLook: () => void }

function LetterRow({ letter, run, onLook }: RowProps) {
  const { id, error, runId, attempts, finishedAt } = letter
  const name = letterName(letter)
  return (
    <tr ref={handOnFocus}>
      <th scope="row">
        <button type="button" className="as-link" title={id} aria-label={`Look at ${name}`} onClick={onLook}>
          {name}
        </button>
      </th>
      <td className="about wide" title={error?.message} dir="auto">
        {error?.message}
      </td>
      <td>
        {runId && <Link href={`/jobs?runId=${runId}`}>…{runId.slice(-6)}</Link>}{' '}
        {run && (
          <Link href={`/documents/${run.documentId}`} className="muted">
            document
          </Link>
        )}
      </td>
      <td className="number">{attempts}</td>
      <td className="number">{finishedAt && <Moment at={finishedAt} />}</td>
      <td className="number">
        <RetryAct letter={letter} />
      </td>
    </tr>
  )
}

function RetryAct({ letter }: { letter: DeadLetter }) {
  const retry = useRetryLetter(letter)
  if (!retry) return null
  return (
    <Button
      look="quiet"
      pending={retry.pending}
      onClick={retry.run}
      aria-label={`Retry ${letterName(letter)}`}
    >
      Retry
    </Button>
  )
}
