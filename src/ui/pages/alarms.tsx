import { type Alarm, useAlarms } from '../api/alarms.ts'
import { Button, ButtonLink } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Page } from '../components/page.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { Skeleton } from '../components/skeleton.tsx'
import { Moment } from '../components/time.tsx'
import { PastAlarms } from './alarms/past-alarms.tsx'
import { JobsNav } from './jobs/jobs-nav.tsx'

type Remedy = { text: string; way?: { href: string; label: string } }

const waiting = { href: '/jobs?state=queued', label: 'See what waits' }

const remedies: Record<Alarm['name'], Remedy> = {
  job_late: {
    text: 'Start more workers on the server with “quill worker”, or find out what holds them up.',
    way: waiting,
  },
  queue_old: {
    text: 'See whether a worker runs and whether the queue is paused; “quill doctor” on the server asks it.',
    way: waiting,
  },
  dead_letters: {
    text: 'Retry or discard them. They may be of another project than this one.',
    way: { href: '/jobs/dead-letters', label: 'See dead letters' },
  },
  outbox_lags: {
    text: 'Run “quill doctor” on the server: it says what the queue refuses. The jobs wait, none is lost.',
  },
  consumer_silent: {
    text: 'Look at its log and its machine, and start another in its place. Its jobs go on with other workers, none is lost.',
  },
  no_consumer: { text: 'Start one on the server with “quill worker”. The jobs wait, none is lost.' },
}

/** What is wrong with the installation, since when and what to do about it, until it is right; and what was wrong. */
export default function Alarms() {
  const alarms = useAlarms(true)
  return (
    <Page title="Alarms">
      <JobsNav />
      {alarms.error && (
        <ProblemNotice
          error={alarms.error}
          act={<Button onClick={() => alarms.refetch()}>Try again</Button>}
        />
      )}
      {!alarms.data && !alarms.error && <Skeleton lines={2} />}
      {alarms.data?.length === 0 && (
        <EmptyState>
          Nothing is wrong. What stands still or waits too long will stand here until it goes on.
        </EmptyState>
      )}
      {alarms.data && alarms.data.length > 0 && (
        <ul className="rows" aria-label="Alarms">
          {alarms.data.map((alarm) => (
            <AlarmRow key={alarm.id} alarm={alarm} />
          ))}
        </ul>
      )}
      <PastAlarms />
    </Page>
  )
}

function AlarmRow({ alarm: { name, message, raisedAt } }: { alarm: Alarm }) {
  const { text, way } = remedies[name]
  return (
    <li className="row" data-look="alarm">
      <div className="row-main">
        <h2>{message}</h2>
        <p>{text}</p>
        <p className="muted">
          since <Moment at={raisedAt} />
        </p>
      </div>
      {way && <ButtonLink href={way.href}>{way.label}</ButtonLink>}
    </li>
  )
}
