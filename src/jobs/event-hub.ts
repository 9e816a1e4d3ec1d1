import { and, asc, eq, gt, lte, max, min } from 'drizzle-orm'
import type { Db } from '#db/connect.ts'
import { events } from '#db/schema/jobs.ts'

/** How soon an event written by another process is passed on; one of this process is passed on at once. */
const POLL_MS = 100
const EVENTS_PER_READ = 500

type EventRow = typeof events.$inferSelect

/** Receives encoded frames in order; returns false when it cannot take more and must be dropped. */
export type Listener = (frame: Uint8Array) => boolean

export type EventHub = {
  /**
   * Sends everything of the project that came after event `after` (from now on when undefined), then what
   * comes. A `reset` frame is sent first when events after `after` are gone. Returns how to stop.
   */
  subscribe(projectId: string, after: number | undefined, listener: Listener): Promise<() => void>
  /** Looks for new events now: called after a batch that told something. */
  wake(): void
  /** How many listeners there are. */
  size(): number
  close(): void
}

type Subscription = { projectId: string; cursor: number; listener: Listener; ended: boolean }

const encoder = new TextEncoder()

/** Reads the table of events once for all listeners of this process and passes each on to its project's. */
export function createEventHub(db: Db): EventHub {
  const live = new Map<string, Set<Subscription>>()
  let cursor = 0
  let count = 0
  let timer: Timer | undefined
  let started: Promise<void> | undefined
  let reading: Promise<void> | undefined

  return {
    async subscribe(projectId, after, listener) {
      count++
      started ??= start()
      await started
      const { oldest, newest } = await range(db)
      const isGone = after !== undefined && (after > newest || after < oldest - 1)
      const from = after === undefined || isGone ? newest : after
      const subscription: Subscription = { projectId, cursor: from, listener, ended: false }
      if (isGone) listener(encodeFrame('reset', newest, JSON.stringify({ newest })))
      await catchUp(subscription)
      return () => end(subscription)
    },
    wake,
    size: () => count,
    close() {
      for (const listeners of live.values()) for (const subscription of listeners) end(subscription)
      clearInterval(timer)
    },
  }

  async function start() {
    cursor = (await range(db)).newest
    timer = setInterval(wake, POLL_MS)
  }

  function wake() {
    if (count && !reading) reading = readNew().finally(() => (reading = undefined))
  }

  async function readNew() {
    while (count) {
      const rows = await db
        .select()
        .from(events)
        .where(gt(events.id, cursor))
        .orderBy(asc(events.id))
        .limit(EVENTS_PER_READ)
      for (const row of rows) pass(row)
      cursor = rows.at(-1)?.id ?? cursor
      if (rows.length < EVENTS_PER_READ) return
    }
  }

  function pass(row: EventRow) {
    const listeners = live.get(row.projectId)
    if (!listeners) return
    const frame = encodeEvent(row)
    for (const subscription of listeners) send(subscription, row.id, frame)
  }

  // Joins only when nothing was read between the last look and now, so that no event falls in between.
  async function catchUp(subscription: Subscription) {
    let until: number
    do {
      until = cursor
      for (const row of await readMissed(db, subscription, until))
        send(subscription, row.id, encodeEvent(row))
    } while (!subscription.ended && subscription.cursor < cursor && until !== cursor)
    if (!subscription.ended)
      live.set(subscription.projectId, (live.get(subscription.projectId) ?? new Set()).add(subscription))
    wake()
  }

  function send(subscription: Subscription, id: number, frame: Uint8Array) {
    if (subscription.ended || subscription.cursor >= id) return
    subscription.cursor = id
    if (!subscription.listener(frame)) end(subscription)
  }

  function end(subscription: Subscription) {
    if (subscription.ended) return
    subscription.ended = true
    const listeners = live.get(subscription.projectId)
    if (listeners?.delete(subscription) && listeners.size === 0) live.delete(subscription.projectId)
    if (--count > 0) return
    clearInterval(timer)
    started = undefined
  }
}

const readMissed = (db: Db, { projectId, cursor }: Subscription, until: number) =>
  db
    .select()
    .from(events)
    .where(and(eq(events.projectId, projectId), gt(events.id, cursor), lte(events.id, until)))
    .orderBy(asc(events.id))

async function range(db: Db): Promise<{ oldest: number; newest: number }> {
  const row = await db
    .select({ oldest: min(events.id), newest: max(events.id) })
    .from(events)
    .get()
  return { oldest: row?.oldest ?? 1, newest: row?.newest ?? 0 }
}

const encodeEvent = (row: EventRow) => encodeFrame(row.type, row.id, row.data)

// `data` is JSON on one line, so nothing in it can begin a field or a frame of its own.
const encodeFrame = (type: string, id: number, data: string) =>
  encoder.encode(`id: ${id}\nevent: ${type}\ndata: ${data}\n\n`)
