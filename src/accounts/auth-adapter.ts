import { createAdapterFactory } from 'better-auth/adapters'
import {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  ne,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Db } from '#db/connect.ts'
import { identities, sessions, twoFactors, users, verifications } from '#db/schema/accounts.ts'
import { isId } from '#src/ids.ts'
import { Secret } from '#src/secret.ts'
import { seal, unseal } from '#src/secrets/envelope.ts'
import type { KeyRing } from '#src/secrets/key-ring.ts'
import { type SealedColumn, sealedColumns } from '#src/secrets/sealed-columns.ts'
import { hashToken } from '#src/tokens.ts'

type Row = Record<string, unknown>
type Where = { field: string; value: unknown; operator: string; connector?: 'AND' | 'OR' }

const tables: Record<string, SQLiteTable> = { users, identities, verifications, sessions, twoFactors }

/** The fields that are encrypted at rest, by model. */
const sealedFields: Record<string, Record<string, SealedColumn>> = {
  twoFactors: {
    secret: sealedColumns.twoFactorSecret,
    backupCodes: sealedColumns.twoFactorBackupCodes,
  },
  verifications: { value: sealedColumns.verificationValue },
}

/**
 * better-auth's storage over our database port: every method is one statement, the token of a session is kept as
 * its hash, and what proves a second factor is sealed. Fields without a column (the tokens of identity providers,
 * which nothing here needs) are not kept.
 */
export const authAdapter = (db: Db, ring: KeyRing) =>
  createAdapterFactory({
    config: {
      adapterId: 'quill',
      supportsDates: true,
      supportsBooleans: true,
      supportsJSON: false,
      transaction: false,
    },
    adapter: () => ({
      async create({ model, data }) {
        const values = { ...stored(ring, model, data), ...ownerOf(model, data) }
        const [row] = await db.insert(tableOf(model)).values(values).returning()
        return loaded(ring, model, row as Row, { tokenHash: data.tokenHash }) as typeof data
      },
      async findOne({ model, where }) {
        const [row] = await select(db, model, where).limit(1)
        return (row ? loaded(ring, model, row, plainToken(where)) : null) as never
      },
      async findMany({ model, where, limit, offset, sortBy }) {
        const column = sortBy && columnOf(model, sortBy.field)
        const query = select(db, model, where ?? [])
          .limit(limit ?? -1)
          .offset(offset ?? 0)
        const rows = await (column
          ? query.orderBy(sortBy.direction === 'asc' ? asc(column) : desc(column))
          : query)
        return rows.map((row) => loaded(ring, model, row)) as never
      },
      async update({ model, where, update }) {
        const row = await changeOne(db, ring, { model, where, values: update as Row })
        return (row ? loaded(ring, model, row, plainToken(where)) : null) as never
      },
      async updateMany({ model, where, update }) {
        const values = stored(ring, model, update)
        const rows = await db.update(tableOf(model)).set(values).where(matches(model, where)).returning()
        return rows.length
      },
      async incrementOne({ model, where, increment, set = {} }) {
        const counted = Object.fromEntries(
          Object.entries(increment).map(([field, by]) => [field, sql`${columnOf(model, field)} + ${by}`]),
        )
        const row = await changeOne(db, ring, { model, where, values: set, counted })
        return (row ? loaded(ring, model, row) : null) as never
      },
      async consumeOne({ model, where }) {
        const [row] = await db
          .delete(tableOf(model))
          .where(sql`rowid = (SELECT rowid FROM ${tableOf(model)} WHERE ${matches(model, where)} LIMIT 1)`)
          .returning()
        return (row ? loaded(ring, model, row as Row) : null) as never
      },
      async delete({ model, where }) {
        await db.delete(tableOf(model)).where(matches(model, where))
      },
      async deleteMany({ model, where }) {
        const rows = await db.delete(tableOf(model)).where(matches(model, where)).returning()
        return rows.length
      },
      async count({ model, where }) {
        return db.$count(tableOf(model), where?.length ? matches(model, where) : undefined)
      },
    }),
  })

type Change = { model: string; where: Where[]; values: Row; counted?: Record<string, SQL> }

/**
 * Changes at most one row. A sealed text is bound to its row, and is compared after it is opened: so the row is
 * found first, and the change holds only while it still is what it was.
 */
async function changeOne(db: Db, ring: KeyRing, { model, where, values, counted = {} }: Change) {
  const isSealed = ({ field }: Where) => sealedFields[model]?.[field] !== undefined
  const plain = where.filter((condition) => !isSealed(condition))
  const [found] = await select(db, model, plain).limit(1)
  if (!found) return undefined
  const opened = loaded(ring, model, found)
  const compared = where.filter(isSealed)
  if (compared.some(({ field, value }) => opened[field] !== value)) return undefined
  const changes = { ...stored(ring, model, values, found.id as string), ...counted }
  const [row] = await db
    .update(tableOf(model))
    .set(changes)
    .where(
      and(
        eq(columnOf(model, 'id'), found.id),
        matches(model, plain),
        ...compared.map(({ field }) => eq(columnOf(model, field), found[field])),
      ),
    )
    .returning()
  return row as Row | undefined
}

/** The values as the columns take them: times in milliseconds, tokens hashed, secrets sealed. */
function stored(ring: KeyRing, model: string, values: Row, id = values.id as string | undefined): Row {
  const columns = getTableColumns(tableOf(model))
  const row: Row = {}
  for (const [field, value] of Object.entries(values)) {
    if (!(field in columns)) continue
    const sealedColumn = sealedFields[model]?.[field]
    if (sealedColumn && id === undefined) throw new Error(`${model}.${field} is sealed for one row.`)
    if (sealedColumn) row[field] = seal(ring, { ...sealedColumn, id: id! }, new Secret(value as string))
    else if (value instanceof Date) row[field] = value.getTime()
    else if (field === 'tokenHash') row[field] = hashToken(value as string)
    else row[field] = value
  }
  return row
}

/** Whose a proof is, in the clear beside its sealed value: all of a person's can be ended. */
function ownerOf(model: string, { value }: Row): Row {
  return model === 'verifications' && typeof value === 'string' && isId('usr', value) ? { userId: value } : {}
}

/** A row as better-auth knows it. The token that it was found by stands where its hash is kept. */
function loaded(ring: KeyRing, model: string, row: Row, known: { tokenHash?: unknown } = {}): Row {
  const result: Row = { ...row, ...(known.tokenHash ? { tokenHash: known.tokenHash } : {}) }
  for (const [field, value] of Object.entries(row))
    if (typeof value === 'number' && /(At|Until)$/.test(field)) result[field] = new Date(value)
  for (const [field, column] of Object.entries(sealedFields[model] ?? {}))
    result[field] = unseal(ring, { ...column, id: row.id as string }, row[field] as string).reveal()
  return result
}

const plainToken = (where: Where[]) => ({
  tokenHash: where.find(({ field }) => field === 'tokenHash')?.value,
})

function select(db: Db, model: string, where: Where[]): DynamicSelect {
  const query = db.select().from(tableOf(model)).where(matches(model, where))
  return query.$dynamic() as unknown as DynamicSelect
}

/** What this file asks of a select over a table that is chosen as it runs. */
type DynamicSelect = PromiseLike<Row[]> & {
  limit(count: number): DynamicSelect
  offset(count: number): DynamicSelect
  orderBy(order: SQL): DynamicSelect
}

function matches(model: string, where: Where[]): SQL | undefined {
  const some = where.filter(({ connector }) => connector === 'OR')
  const every = where.filter(({ connector }) => connector !== 'OR')
  const toSql = (condition: Where) => compare(columnOf(model, condition.field), condition)
  return and(...every.map(toSql), or(...some.map(toSql)))
}

function compare(column: SQLiteColumn, { field, value: given, operator }: Where): SQL {
  const toColumn = (value: unknown) => {
    if (value instanceof Date) return value.getTime()
    return field === 'tokenHash' ? hashToken(value as string) : value
  }
  if (operator === 'in') return inArray(column, (given as unknown[]).map(toColumn))
  const value = toColumn(given)
  switch (operator) {
    case 'eq':
      return value === null ? isNull(column) : eq(column, value)
    case 'ne':
      return value === null ? isNotNull(column) : ne(column, value)
    case 'lt':
      return lt(column, value)
    case 'lte':
      return lte(column, value)
    case 'gt':
      return gt(column, value)
    case 'gte':
      return gte(column, value)
  }
  throw new Error(`There is no comparison ${operator}.`)
}

function tableOf(model: string): SQLiteTable {
  const table = tables[model]
  if (!table) throw new Error(`There is no table for ${model}.`)
  return table
}

function columnOf(model: string, field: string): SQLiteColumn {
  const column = getTableColumns(tableOf(model))[field]
  if (!column) throw new Error(`${model} has no column for ${field}.`)
  return column as SQLiteColumn
}
