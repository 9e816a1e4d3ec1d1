import type { Db } from './connect.ts'

const ENTRIES_MAX = 1_000

/**
 * Remembers what `load` finds for a key for as long as nobody, in any process, has written to the database.
 * So the answer is never older than one of `load` itself would be, and a busy reader costs no query. What was
 * not found (undefined) is not remembered: whoever invents keys pushes nobody's answer out. What ends by the
 * clock alone is the caller's to check. What is known is given at once, without a promise: this is on the way of
 * every request.
 */
export function remembered<Value>(
  db: Db,
  load: (key: string) => Promise<Value>,
): (key: string) => Value | Promise<Value> {
  let generation = db.generation()
  const entries = new Map<string, Value>()
  return (key) => {
    const now = db.generation()
    if (now !== generation || entries.size >= ENTRIES_MAX) entries.clear()
    generation = now
    return entries.get(key) ?? loadNow(key, now)
  }

  async function loadNow(key: string, now: number): Promise<Value> {
    const value = await load(key)
    if (value !== undefined && generation === now && db.generation() === now) entries.set(key, value)
    return value
  }
}
