const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const WEEK_MS = 7 * DAY_MS

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const short = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' })
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'medium' })

/** A moment to come: relative up to a week, with the exact time on hover. */
export const Until = ({ at }: { at: string }) => (
  <time dateTime={at} title={exact.format(new Date(at))}>
    {describe(new Date(at))}
  </time>
)

function describe(at: Date): string {
  const ms = at.getTime() - Date.now()
  if (ms < MINUTE_MS) return 'now'
  if (ms < HOUR_MS) return relative.format(Math.round(ms / MINUTE_MS), 'minute')
  if (ms < 2 * DAY_MS) return relative.format(Math.round(ms / HOUR_MS), 'hour')
  if (ms < WEEK_MS) return relative.format(Math.round(ms / DAY_MS), 'day')
  return `on ${short.format(at)}`
}
