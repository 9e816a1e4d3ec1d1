import { type Alarm, usePastAlarms } from '../../api/alarms.ts'
import { Button } from '../../components/button.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Elapsed, Moment } from '../../components/time.tsx'

/** What was wrong and is right again, the latest first; nothing at all where nothing ever was. */
export function PastAlarms() {
  const past = usePastAlarms()
  const items = past.data?.pages.flatMap((page) => page.items)
  if (past.error)
    return (
      <ProblemNotice error={past.error} act={<Button onClick={() => past.refetch()}>Try again</Button>} />
    )
  if (!items?.length) return null
  return (
    <>
      <h2 className="past-title" id="past-alarms">
        Past alarms
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="table past" aria-labelledby="past-alarms" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Alarm</th>
              <th scope="col" className="number">
                Raised
              </th>
              <th scope="col" className="number wide">
                Cleared
              </th>
              <th scope="col" className="number">
                Lasted
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map((alarm) => (
              <PastAlarm key={alarm.id} alarm={alarm} />
            ))}
          </tbody>
        </table>
      </section>
      {past.hasNextPage && (
        <div className="more">
          <Button pending={past.isFetchingNextPage} onClick={() => past.fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
    </>
  )
}

const PastAlarm = ({ alarm: { message, raisedAt, clearedAt } }: { alarm: Alarm }) => (
  <tr>
    <th scope="row">{message}</th>
    <td className="number">
      <Moment at={raisedAt} />
    </td>
    <td className="number wide">{clearedAt && <Moment at={clearedAt} />}</td>
    <td className="number">
      <Elapsed from={raisedAt} to={clearedAt} />
    </td>
  </tr>
)
