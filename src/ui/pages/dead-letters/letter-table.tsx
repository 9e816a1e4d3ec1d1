import { useState } from 'react'
import { type DeadLetter, useLetters } from '../../api/dead-letters.ts'
import { type Run, useRecentRuns } from '../../api/runs.ts'
import { Button } from '../../components/button.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { Moment } from '../../components/time.tsx'
import { RunLinks } from '../jobs/run-links.tsx'
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
      <th scope="col">Why</th>
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
  const { id, key, error, runId, attempts, finishedAt } = letter
  return (
    <tr ref={handOnFocus}>
      <th scope="row">
        {key} <code className="job-id">{id}</code>
      </th>
      <td className="job-error" dir="auto">
        {error?.message}
      </td>
      <td data-label="Run">{runId && <RunLinks id={runId} run={run} />}</td>
      <td className="number" data-label="Attempts">
        {attempts}
      </td>
      <td className="number" data-label="Given up">
        {finishedAt && <Moment at={finishedAt} />}
      </td>
      <td className="number">
        <div className="acts letter-acts">
          <Button look="quiet" onClick={onLook} aria-label={`Look at ${letterName(letter)}`}>
            Look
          </Button>
          <RetryAct letter={letter} />
        </div>
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
      aria-label={`${retry.name}, ${letterName(letter)}`}
    >
      {retry.name}
    </Button>
  )
}
