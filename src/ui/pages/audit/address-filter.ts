import { useLocation, useSearch } from 'wouter'
import type { AuditAction, AuditFilter } from '../../api/audit.ts'
import { actionWords } from './action-words.ts'

/** The filters as they stand in the address: `from` and `until` are days of the reader's calendar. */
export type AddressFilter = { action?: AuditAction; userId?: string; from?: string; until?: string }

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** The filters of the address, and how to change one; what no filter can be is left out. */
export function useAddressFilter(): [AddressFilter, (name: keyof AddressFilter, value: string) => void] {
  const [location, navigate] = useLocation()
  const given = new URLSearchParams(useSearch())
  const filter = readFilter(given)
  const set = (name: keyof AddressFilter, value: string) => {
    const next = new URLSearchParams(filter)
    if (value) next.set(name, value)
    else next.delete(name)
    navigate(next.size ? `${location}?${next}` : location, { replace: true })
  }
  return [filter, set]
}

/** The days as moments: from the beginning of the one to the end of the other. */
export const momentsOf = ({ from, until, ...rest }: AddressFilter): AuditFilter => ({
  ...rest,
  ...(from ? { from: dayAt(from, 0) } : {}),
  ...(until ? { until: dayAt(until, 1) } : {}),
})

function readFilter(given: URLSearchParams): AddressFilter {
  const filter: AddressFilter = {}
  const [action, userId, from, until] = ['action', 'userId', 'from', 'until'].map((name) => given.get(name))
  if (action && action in actionWords) filter.action = action as AuditAction
  if (userId) filter.userId = userId
  if (from && isDay(from)) filter.from = from
  if (until && isDay(until)) filter.until = until
  return filter
}

const isDay = (text: string) => DAY.test(text) && !Number.isNaN(Date.parse(text))

function dayAt(day: string, later: number): string {
  const [year, month, date] = day.split('-').map(Number)
  return new Date(year!, month! - 1, date! + later).toISOString()
}
