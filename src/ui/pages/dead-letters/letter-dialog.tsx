import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { type DeadLetter, discardLetter, useLetter } from '../../api/dead-letters.ts'
import { documentQuery } from '../../api/documents.ts'
import { useMay } from '../../api/projects.ts'
import { useRun } from '../../api/runs.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { Moment } from '../../components/time.tsx'
import { kindLabel } from '../document/run-progress.ts'
import { Discard } from './discard.tsx'
import { cureOf } from './failure-words.ts'
import { useReader, useRetryLetter } from './use-retry.ts'
import { WhoCan } from './who-can.tsx'

/** Of a longer input the beginning is shown. */
const INPUT_CHARS_SHOWN = 20_000

type Props = { id: string; onClose: () => void }

/** One job that was given up: why, after what, and what it was to work on. */
export function LetterDialog({ id, onClose }: Props) {
  const [discarding, setDiscarding] = useState(false)
  const { data: letter, error } = useLetter(id)
  const name = letter ? kindLabel(letter.kind) : 'Dead letter'
  if (discarding) return <Discard what={`“${name}”`} discard={() => discardLetter(id)} onClose={onClose} />
  return (
    <Dialog title={name} onClose={onClose}>
      <div className="dialog-body">
        {error && !letter && <ProblemNotice error={error} />}
        {!letter && !error && <Skeleton lines={4} />}
        {letter && (
          <>
            <div>
              <p dir="auto">{letter.error?.message}</p>
              <Cure letter={letter} />
            </div>
            <Facts letter={letter} />
            <Input letter={letter} />
            <Acts letter={letter} onDiscard={() => setDiscarding(true)} />
          </>
        )}
      </div>
    </Dialog>
  )
}

function Cure({ letter: { error, runId } }: { letter: DeadLetter }) {
  const mayRetry = useMay(runId ? 'pipelines:run' : 'jobs:write')
  const reader = useReader(mayRetry)
  return (
    <p className="muted">
      {cureOf(error?.code, reader)} {!mayRetry && <WhoCan part={runId ? 'runs' : 'no run'} />}
    </p>
  )
}

const Facts = ({
  letter: { id, key, runId, attempts, createdAt, finishedAt, error },
}: {
  letter: DeadLetter
}) => (
  <dl className="letter-facts">
    {key && <Fact name="Section">{key}</Fact>}
    <Fact name="Asked for">
      <Moment at={createdAt} />
    </Fact>
    {finishedAt && (
      <Fact name="Given up">
        <Moment at={finishedAt} />, after {attempts === 1 ? '1 attempt' : `${attempts} attempts`}
      </Fact>
    )}
    {runId && <RunFacts id={runId} />}
    <Fact name="Code">{error?.code}</Fact>
    <Fact name="Id">
      <code className="job-id">{id}</code>
    </Fact>
  </dl>
)

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

function RunFacts({ id }: { id: string }) {
  const documentId = useRun(id).data?.documentId
  const { data: post } = useQuery({ ...documentQuery(documentId ?? ''), enabled: documentId !== undefined })
  return (
    <>
      {post && (
        <Fact name="Document">
          <Link href={`/documents/${post.id}`} dir="auto">
            {post.title}
          </Link>
        </Fact>
      )}
      <Fact name="Run">
        <Link href={`/jobs?runId=${id}`}>All its jobs</Link>
      </Fact>
    </>
  )
}

/** Folded: it is looked at when the reason does not say enough. */
function Input({ letter: { input, runId } }: { letter: DeadLetter }) {
  const text = JSON.stringify(input, null, 2) ?? ''
  const shown = text.slice(0, INPUT_CHARS_SHOWN)
  return (
    <>
      {runId && (
        <p className="muted">It works on the sources of its run and on what the steps before it made.</p>
      )}
      {!isEmpty(input) && (
        <details className="letter-input">
          <summary>What it was to work on</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre className="input-text" tabIndex={0}>
            {shown}
          </pre>
          {shown.length < text.length && (
            <p className="muted">
              The first {INPUT_CHARS_SHOWN.toLocaleString('en')} of {text.length.toLocaleString('en')}{' '}
              characters.
            </p>
          )}
        </details>
      )}
    </>
  )
}

/** A step of a run that works on nothing but what came before it has an input without a word. */
const isEmpty = (input: unknown) => input == null || Object.keys(input).length === 0

type ActsProps = { letter: DeadLetter; onDiscard: () => void }

function Acts({ letter, onDiscard }: ActsProps) {
  const retry = useRetryLetter(letter)
  const mayDiscard = useMay('jobs:write')
  if (!retry && !mayDiscard) return null
  return (
    <div className="acts letter-acts">
      {retry && (
        <Button look="primary" icon="restore" pending={retry.pending} onClick={retry.run}>
          {retry.name}
        </Button>
      )}
      {mayDiscard && <Button onClick={onDiscard}>Discard</Button>}
    </div>
  )
}
