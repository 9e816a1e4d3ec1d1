import type { Db } from '#db/connect.ts'
import { PRESENCE_MS } from '#src/ops/presence.ts'

/**
 * Silent for this long, a consumer may have its place taken: before anybody is alarmed, where another began at once.
 */
const REPLACEABLE_MS = 15_000

type Consumer = { worker: string; slots: number; running(): number }

/** Keeps this consumer's row in `consumers`, until it stops. */
export function announcePresence(db: Db, consumer: Consumer) {
  const presence = createPresence(db, { ...consumer, startedAt: Date.now() })
  const timer = setInterval(() => {
    last = tell()
  }, PRESENCE_MS)
  let last = tell()

  return {
    async stop() {
      clearInterval(timer)
      await last
      await presence.end().catch(() => {})
    },
  }

  // Missing for a moment is no harm: the database says so itself when it is out of reach.
  function tell() {
    return presence.tell(Date.now()).catch(() => {})
  }
}

/**
 * A consumer's row, and its share in those of the dead: each of its slots takes the place, once, of one whose consumer
 * fell silent before this one started. A row without slots is missed by nobody; it goes with its time.
 */
export function createPresence(
  db: Db,
  { worker, slots, running, startedAt }: Consumer & { startedAt: number },
) {
  let spare = slots

  return {
    async tell(now: number) {
      await db.rows(TELL, [worker, startedAt, now, slots, running()], { durable: false })
      if (spare > 0) await replaceSilent(now)
    },
    async end() {
      await db.rows('DELETE FROM consumers WHERE id = ?', [worker])
    },
  }

  async function replaceSilent(now: number) {
    const silentSince = Math.min(now - REPLACEABLE_MS, startedAt)
    for (const [id, lost] of (await db.rows(SILENT, [silentSince])) as [string, number][]) {
      const taken = Math.min(spare, lost)
      // Whoever speaks again has all its slots again, and another may have been first.
      const replaced = await db.rows(REPLACE, [id, lost, taken, silentSince])
      if (replaced.length) spare -= taken
      if (spare === 0) return
    }
  }
}

const TELL = `INSERT INTO consumers (id, started_at, seen_at, slots, running) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, slots = excluded.slots, running = excluded.running`

const SILENT = 'SELECT id, slots FROM consumers WHERE seen_at < ? AND slots > 0 ORDER BY seen_at'

const REPLACE = `UPDATE consumers SET slots = slots - ?3
  WHERE id = ?1 AND slots = ?2 AND seen_at < ?4 RETURNING 1`
