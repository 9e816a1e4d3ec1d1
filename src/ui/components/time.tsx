import { useEffect, useState } from 'react'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const WEEK_MS = 7 * DAY_MS

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const short = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' })
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'medium' })

/** A moment, gone or to come: relative up to a week, with the exact time on hover. */
export function Moment({ at }: { at: string }) {
  const now = useNow(MINUTE_MS)
  return (
    <time dateTime={at} title={exact.format(new Date(at))}>
      {describe(new Date(at), now)}
    </time>
  )
}

/** How long something has taken, counted on while it has no end. */
export function Elapsed({ from, to }: { from: string | undefined; to: string | undefined }) {
  const now = useNow(from && !to ? 1_000 : undefined)
  if (!from) return null
  const ms = Math.max(0, (to ? Date.parse(to) : now) - Date.parse(from))
  return <span className="figure">{describeLength(ms)}</span>
}

export function describeLength(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`
  if (ms < MINUTE_MS) return `${Math.floor(ms / 1_000)} s`
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min ${Math.floor((ms % MINUTE_MS) / 1_000)} s`
  return `${Math.floor(ms / HOUR_MS)} h ${Math.floor((ms % HOUR_MS) / MINUTE_MS)} min`
}

function describe(at: Date, now: number): string {
  const ms = at.getTime() - now
  const length = Math.abs(ms)
  // What is gone counts whole units; what is to come is told to the nearest, and by the hour for two days.
  const whole = ms < 0 ? Math.trunc : Math.round
  if (length < MINUTE_MS) return ms < 0 ? 'just now' : 'now'
  if (length < HOUR_MS) return relative.format(whole(ms / MINUTE_MS), 'minute')
  if (length < (ms < 0 ? DAY_MS : 2 * DAY_MS)) return relative.format(whole(ms / HOUR_MS), 'hour')
  if (length < WEEK_MS) return relative.format(whole(ms / DAY_MS), 'day')
  return short.format(at)
}

/** The time as it passes, looked at every so often; as it was at first where it does not matter. */
export function useNow(everyMs: number | undefined): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (everyMs === undefined) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
