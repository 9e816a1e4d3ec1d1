import { afterEach, beforeEach, expect, test } from 'bun:test'
import type { Connection, Db } from '#db/connect.ts'
import { jobKinds } from '#src/jobs/kinds.ts'
import { createLog } from '#src/log.ts'
import { openAlarms } from '#src/ops/alarm-list.ts'
import { checkAlarms } from '#src/ops/alarms.ts'
import { PRESENCE_MS, SILENT_MS } from '#src/ops/presence.ts'
import { purgeRecords } from '#src/ops/retention.ts'
import { readSituation } from '#src/ops/situation.ts'
import { inlineQueue } from '#src/queue/inline.ts'
import { createPresence } from '#worker/presence.ts'
import { openDatabase } from '../queue/queued.ts'

const START = Date.UTC(2026, 10, 22)
const HOUR_MS = 60 * 60_000

let connection: Connection
let db: Db
/** What the clock shows. */
let now: number
let alive: ReturnType<typeof createPresence>[]

beforeEach(async () => {
  connection = await openDatabase()
  db = connection.db
  now = START
  alive = []
})

afterEach(() => connection.close())

async function start(slots = 4) {
  const worker = crypto.randomUUID()
  const presence = createPresence(db, { worker, slots, running: () => 0, startedAt: now })
  alive.push(presence)
  await presence.tell(now)
  return presence
}

/** As `kill -9`: it says nothing more. */
const kill = (presence: (typeof alive)[number]) => {
  alive = alive.filter((each) => each !== presence)
}

/** Lets time pass, of which every consumer that lives tells, and gives the alarms that are then open. */
async function pass(ms: number) {
  const queue = inlineQueue(db, { now: () => now })
  const watch = { db, queue, log: createLog('silent'), kinds: jobKinds, tellOperators: async () => {} }
  for (const end = now + ms; now < end; now += PRESENCE_MS) {
    for (const presence of alive) await presence.tell(now)
    await checkAlarms(watch, now)
  }
  return (await openAlarms(db)).map(({ name }) => name)
}

test('a worker that is killed raises an alarm, which another in its place clears at once', async () => {
  await start()
  const killed = await start()
  expect(await pass(60_000)).toEqual([])
  kill(killed)
  expect(await pass(SILENT_MS + 2 * PRESENCE_MS)).toEqual(['consumer_silent'])
  expect(await pass(2 * HOUR_MS)).toEqual(['consumer_silent'])
  await start()
  expect(await pass(PRESENCE_MS)).toEqual([])
})

test('one that is started again within half a minute raises none', async () => {
  for (let times = 0; times < 5; times++) {
    const killed = await start()
    expect(await pass(60_000)).toEqual([])
    kill(killed)
    expect(await pass(PRESENCE_MS)).toEqual([])
  }
  expect(await db.rows('SELECT count(*) FROM alarms', [])).toEqual([[0]])
})

test('the last one to go rings for as long as no other lives, however long that is', async () => {
  const last = await start()
  await pass(60_000)
  kill(last)
  await pass(60_000)
  now += 30 * 24 * HOUR_MS
  expect(await pass(PRESENCE_MS)).toEqual(['consumer_silent'])
  await start()
  expect(await pass(PRESENCE_MS)).toEqual([])
})

test('workers that ran before the dead one died do not stand in for it, nor do fewer slots than it had', async () => {
  await start()
  const killed = await start(4)
  await pass(60_000)
  kill(killed)
  await pass(60_000)
  await start(3)
  expect(await pass(60_000)).toEqual(['consumer_silent'])
  await start(1)
  expect(await pass(PRESENCE_MS)).toEqual([])
})

test('a slot stands in for one of the dead alone', async () => {
  const [first, second] = [await start(2), await start(2)]
  await pass(60_000)
  kill(first)
  kill(second)
  await pass(60_000)
  const many = await start(3)
  expect((await readSituation(db, inlineQueue(db), now)).consumers.silent).toBe(1)
  await many.end()
  kill(many)
  await start(1)
  expect((await readSituation(db, inlineQueue(db), now)).consumers.silent).toBe(0)
})

test('one that was replaced and then goes on counts in full again', async () => {
  const paused = await start()
  await pass(60_000)
  kill(paused)
  await pass(60_000)
  await start()
  expect(await pass(PRESENCE_MS)).toEqual([])
  alive.push(paused)
  expect(await pass(PRESENCE_MS)).toEqual([])
  expect((await readSituation(db, inlineQueue(db), now)).consumers).toEqual({ alive: 2, slots: 8, silent: 0 })
})

test('one that stops in order raises none, and what was replaced stays so when the other stops', async () => {
  const killed = await start()
  await pass(60_000)
  kill(killed)
  await pass(60_000)
  const other = await start()
  await other.end()
  kill(other)
  expect(await pass(60_000)).toEqual([])
})

test('while another lives, a dead one that nobody replaced is forgotten after a day', async () => {
  const killed = await start()
  await start()
  await pass(60_000)
  kill(killed)
  now += 23 * HOUR_MS
  await purgeRecords(db, { now })
  expect(await pass(PRESENCE_MS)).toEqual(['consumer_silent'])
  now += HOUR_MS
  for (const presence of alive) await presence.tell(now)
  await purgeRecords(db, { now })
  expect(await pass(PRESENCE_MS)).toEqual([])
})
