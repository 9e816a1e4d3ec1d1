import { useActivity } from '../../api/account.ts'
import { useSession } from '../../api/session.ts'
import { Button } from '../../components/button.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { Moment } from '../../components/time.tsx'
import { describeActivity } from './describe-activity.ts'
import { Section } from './section.tsx'

const SHOWN = 10

/** What was done as this person, here and in every project. */
export function ActivityList() {
  const activity = useActivity(SHOWN)
  const projects = new Map(useSession().data?.projects?.map(({ id, name }) => [id, name]))
  const entries = activity.data?.pages.flatMap((page) => page.items)
  return (
    <Section title="Recent activity">
      {activity.error && (
        <ProblemNotice
          error={activity.error}
          act={<Button onClick={() => activity.refetch()}>Try again</Button>}
        />
      )}
      {!entries && !activity.error && <Skeleton lines={5} />}
      <ul className="lines">
        {entries?.map((entry) => (
          <li key={entry.id}>
            <div className="grow">
              <p>{describeActivity(entry)}</p>
              <p className="muted">
                {[projects.get(entry.projectId ?? ''), entry.address].filter(Boolean).join(' · ')}
              </p>
            </div>
            <span className="muted">
              <Moment at={entry.at} />
            </span>
          </li>
        ))}
      </ul>
      {activity.hasNextPage && (
        <Button look="quiet" pending={activity.isFetchingNextPage} onClick={() => activity.fetchNextPage()}>
          Show more
        </Button>
      )}
    </Section>
  )
}
