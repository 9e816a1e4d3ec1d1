import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { connect } from '#db/connect.ts'
import { remembered } from '#db/remember.ts'

const INVENTED = 2_000

/** A look-up that counts how often it was asked for each key; keys that begin with `none` are not found. */
function lookup() {
  const { db, close } = connect(':memory:')
  const loads = new Map<string, number>()
  const find = remembered(db, async (key) => {
    loads.set(key, (loads.get(key) ?? 0) + 1)
    return key.startsWith('none') ? undefined : `found ${key}`
  })
  return { db, find, loads, [Symbol.dispose]: close }
}

test('what was found is looked up once, until somebody writes', async () => {
  using known = lookup()
  for (let time = 0; time < 3; time++) expect(await known.find('ada')).toBe('found ada')
  expect(known.loads.get('ada')).toBe(1)
  await known.db.run(sql`CREATE TABLE written (id)`)
  await known.find('ada')
  expect(known.loads.get('ada')).toBe(2)
})

test('keys that are invented push out nothing that was found', async () => {
  using known = lookup()
  await known.find('ada')
  for (let count = 0; count < INVENTED; count++) await known.find(`none ${count}`)
  await known.find('ada')
  expect(known.loads.get('ada')).toBe(1)
})
