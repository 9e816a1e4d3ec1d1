import { type TSchema, t } from 'elysia'
import { AppError } from './errors.ts'
import { type IdPrefix, isId } from './ids.ts'

export const PAGE_SIZE_DEFAULT = 50
export const PAGE_SIZE_MAX = 200

export const pageQuery = {
  limit: t.Optional(t.Integer({ minimum: 1, maximum: PAGE_SIZE_MAX, default: PAGE_SIZE_DEFAULT })),
  cursor: t.Optional(t.String({ maxLength: 100, description: '`nextCursor` of the page before.' })),
}

export const pageOf = <T extends TSchema>(item: T) =>
  t.Object({ items: t.Array(item), nextCursor: t.Union([t.String(), t.Null()]) })

/** The id after which a page begins. Throws `invalid_request` for a cursor that no page gave out. */
export function readCursor(prefix: IdPrefix, cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const id = Buffer.from(cursor, 'base64url').toString()
  if (!isId(prefix, id))
    throw new AppError('invalid_request', 'The cursor is not one that a page of this list gave out.', [
      { path: 'cursor', message: 'is not a cursor of this list' },
    ])
  return id
}

/** Cuts `rows`, of which one more than `limit` was asked for, to a page and the cursor of the next one. */
export function toPage<Row extends { id: string }, Item>(
  rows: Row[],
  limit: number,
  present: (row: Row) => Item,
) {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(present),
    nextCursor: rows.length > limit && last ? toCursor(last.id) : null,
  }
}

/** The cursor of the page that begins after an id. */
export const toCursor = (id: string) => Buffer.from(id).toString('base64url')
