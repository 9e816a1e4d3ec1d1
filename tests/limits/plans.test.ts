import { expect, test } from 'bun:test'
import { connect, overPort, type Statement } from '#db/connect.ts'
import { hashSubjects } from '#src/limits/hash-subject.ts'
import { purgeLimits } from '#src/limits/purge-limits.ts'
import { createSharedWindow } from '#src/limits/shared-window.ts'
import { createSignInLimit } from '#src/limits/sign-in.ts'
import { Secret } from '#src/secret.ts'
import { limitOf } from './window-model.ts'

const ADA = { account: 'ada@example.org', address: '192.0.2.7' }

test('whatever the limits ask of the database, rows are found by a key and none are sorted', async () => {
  const { port, close } = connect(':memory:')
  const statements = new Map<string, Statement>()
  const batch = (batch: Statement[]) => {
    for (const statement of batch) statements.set(statement.sql, statement)
    return port.batch(batch)
  }
  const db = overPort({ ...port, batch })
  const hash = hashSubjects(new Secret('a key of the tests'))
  await createSharedWindow(limitOf(5, 60_000), { db, hash }).take('a')
  const signIn = createSignInLimit({ db, hash })
  await signIn.take(ADA)
  await signIn.succeeded(ADA)
  await purgeLimits(db, Date.now())

  const plans = await Promise.all(
    [...statements.values()].map(({ sql, params }) => port.all({ sql: `EXPLAIN QUERY PLAN ${sql}`, params })),
  )
  const steps = plans.flat().map((row) => String(row[3]))
  const tables = /\b(rate_windows|sign_in_tries|familiar_addresses)\b/
  expect(steps.filter((step) => tables.test(step)).length).toBeGreaterThanOrEqual(12)
  for (const step of steps.filter((each) => tables.test(each)))
    expect(step).toMatch(/^SEARCH \w+ USING (PRIMARY KEY|COVERING INDEX \w+_by_expiry) /)
  expect(steps.filter((step) => step.includes('TEMP B-TREE'))).toEqual([])
  close()
})
