import type { Db } from '#db/connect.ts'

/** Whether jobs rest, as the database knows it: one row that every process heeds, over every restart. */
export function pauseInDatabase(db: Db, now: () => number) {
  return {
    async pause() {
      await db.rows(`INSERT OR IGNORE INTO queue_pauses (queue, since) VALUES ('jobs', ?)`, [now()])
    },
    async resume() {
      await db.rows(`DELETE FROM queue_pauses WHERE queue = 'jobs'`, [])
    },
    isPaused: async () => (await db.rows(`SELECT 1 FROM queue_pauses WHERE queue = 'jobs'`, [])).length > 0,
  }
}
