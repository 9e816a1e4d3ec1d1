import type { Row, Write } from './connect.ts'

/**
 * A write whose text never changes. The query builder puts the same text together anew for every row, which costs
 * more than the row; what is written for every job is therefore written out. In a batch it gives its rows as lists.
 * Parameters are what the engine stores: JSON as text, booleans as 0 or 1.
 */
export const statement = (sql: string, params: unknown[]): Write => writeOf(sql, params, 'run')

/** The same, which in a batch gives `[[the number of rows that it changed]]`. */
export const countedStatement = (sql: string, params: unknown[]): Write => writeOf(sql, params, COUNTED)

/** What stands for the method of a query whose changes are counted; the query builder has none for it. */
export const COUNTED: string = 'counted'

function writeOf(sql: string, params: unknown[], method: string): Write {
  const query = { sql, params, method }
  const prepared = { getQuery: () => query, mapResult: (result: { rows: Row[] }) => result.rows }
  // A batch asks nothing else of what it is made of.
  return { _prepare: () => prepared } as unknown as Write
}
