import { type Alarm, useAlarms } from '../api/alarms.ts'
import { Button, ButtonLink } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Page } from '../components/page.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { Skeleton } from '../components/skeleton.tsx'
import { Moment } from '../components/time.tsx'
import { PastAlarms } from './alarms/past-alarms.tsx'
import { JobsNav } from './jobs/jobs-nav.tsx'

type Way = { href: string; label: string }

const waiting: Way = { href: '/jobs?state=queued', label: 'See what waits' }

/** Where there is more to see of an alarm. */
const ways: Partial<Record<Alarm['name'], Way>> = {
  job_late: waiting,
  queue_old: waiting,
  queue_paused: waiting,
  dead_letters: { href: '/jobs/dead-letters', label: 'See dead letters' },
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

function AlarmRow({ alarm: { name, message, advice, raisedAt } }: { alarm: Alarm }) {
  const way = ways[name]
  return (
    <li className="row" data-look="alarm">
      <div className="row-main">
        <h2>{message}</h2>
        {advice && <p>{advice}</p>}
        <p className="muted">
          since <Moment at={raisedAt} />
        </p>
      </div>
      {way && <ButtonLink href={way.href}>{way.label}</ButtonLink>}
    </li>
  )
}
