import type { Db } from '#db/connect.ts'

/** How often a consumer tells that it lives; one that was silent for longer than three times this is gone. */
export const PRESENCE_MS = 10_000

/** Keeps this consumer's row in `consumers`, until it stops. */
export function announcePresence(
  db: Db,
  { worker, slots, running }: { worker: string; slots: number; running(): number },
) {
  const startedAt = Date.now()
  const timer = setInterval(() => {
    last = tell()
  }, PRESENCE_MS)
  let last = tell()

  return {
    async stop() {
      clearInterval(timer)
      await last
      await db.rows('DELETE FROM consumers WHERE id = ?', [worker]).catch(() => {})
    },
  }

  // Missing for a moment is no harm: the database says so itself when it is out of reach.
  async function tell() {
    await db
      .rows(
        `INSERT INTO consumers (id, started_at, seen_at, slots, running) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, running = excluded.running`,
        [worker, startedAt, Date.now(), slots, running()],
        { durable: false },
      )
      .catch(() => {})
  }
}
