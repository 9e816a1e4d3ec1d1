import type { Db } from '#db/connect.ts'

/**
 * How long a job rests that was delivered to who cannot perform it: as long as it has waited already, but between
 * these. It is delivered in vain no more often than that, also when nobody ever performs it.
 */
export const PUT_BACK_MS = [2_000, 60_000] as const

/**
 * Takes jobs off their way to a queue outside: they count as unsent, rest, and are sent again. What a worker has
 * taken meanwhile, and what has ended, is left alone. Gives the ids of those that were put back.
 */
export const putBack = (db: Db, ids: readonly string[]): Promise<string[]> => change(db, PUT_BACK, [ids])

/** The same for those of the jobs that are of none of the kinds. */
export const putBackOthers = (db: Db, ids: readonly string[], kinds: readonly string[]): Promise<string[]> =>
  change(db, `${PUT_BACK} AND kind NOT IN (SELECT value FROM json_each(?3))`, [ids, kinds])

const PUT_BACK = `UPDATE jobs SET ready = 0, dispatched_at = NULL,
    due_at = ?1 + min(max(?1 - created_at, ${PUT_BACK_MS[0]}), ${PUT_BACK_MS[1]})
  WHERE id IN (SELECT value FROM json_each(?2)) AND state = 'queued' AND dispatched_at IS NOT NULL`

async function change(db: Db, sql: string, lists: (readonly string[])[]): Promise<string[]> {
  const rows = await db.rows(`${sql} RETURNING id`, [
    Date.now(),
    ...lists.map((list) => JSON.stringify(list)),
  ])
  return rows.map(([id]) => id as string)
}
