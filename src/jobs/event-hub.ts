import { and, asc, eq, gt, lte, or } from 'drizzle-orm'
import type { Db } from '#db/connect.ts'
import { events } from '#db/schema/jobs.ts'
import type { Log } from '#src/log.ts'
import { INSTALLATION_PROJECT } from '#src/projects/installation.ts'
import type { EventType } from './events.ts'

/** How soon an event written by another process is passed on; one of this process is passed on at once. */
const POLL_MS = 100
const EVENTS_PER_READ = 500
/** Who missed more than this, of all projects together, fetches anew: to find the few of one among them costs more. */
export const EVENTS_MISSED_MAX = 20_000
/** Told by the installation, to the streams of every project; nothing else that it does is. */
const TOLD_TO_ALL: EventType = 'alarm.updated'

type EventRow = typeof events.$inferSelect

export type Listener = {
  /** Receives encoded frames in order; returns false when it cannot take more and must be dropped. */
  receive(frame: Uint8Array, type: string): boolean
  /** The hub closes: nothing more will come. */
  end(): void
}

export type EventHub = {
  /**
   * Sends everything of the project that came after event `after` (from now on when undefined), then what
   * comes; and what the installation tells to all, of which the listener decides who may know. A `reset` frame is
   * sent first when events after `after` are gone, or too many. Resolves once it is up to date.
   */
  subscribe(projectId: string, after: number | undefined, listener: Listener): Promise<Following>
  /** Looks for new events now: called after a batch that told something. */
  wake(): void
  /** How many listeners there are. */
  size(): number
  close(): void
}

export type Following = {
  /** Everything up to this event was sent or is of no concern to the listener: it may resume from here. */
  position(): number
  stop(): void
}

type Subscription = { projectId: string; cursor: number; listener: Listener; ended: boolean }

const encoder = new TextEncoder()

/** Reads the table of events once for all listeners of this process and passes each on to its project's. */
export function createEventHub(db: Db, log: Log): EventHub {
  const all = new Set<Subscription>()
  const live = new Map<string, Set<Subscription>>()
  let cursor = 0
  let timer: Timer | undefined
  let started: Promise<void> | undefined
  let reading = false
  let again = false
  let closed = false

  return {
    async subscribe(projectId, after, listener) {
      if (closed) {
        listener.end()
        return { position: () => 0, stop() {} }
      }
      const subscription: Subscription = { projectId, cursor: 0, listener, ended: false }
      all.add(subscription)
      try {
        await join(subscription, after)
      } catch (error) {
        end(subscription)
        throw error
      }
      return {
        position: () => Math.max(subscription.cursor, cursor),
        stop: () => end(subscription),
      }
    },
    wake,
    size: () => all.size,
    close() {
      closed = true
      for (const subscription of all) {
        end(subscription)
        subscription.listener.end()
      }
    },
  }

  async function join(subscription: Subscription, after: number | undefined) {
    started ??= start()
    await started
    const { oldest, newest } = await range(db)
    const isGone =
      after !== undefined && (after > newest || after < oldest - 1 || newest - after > EVENTS_MISSED_MAX)
    subscription.cursor = after === undefined || isGone ? newest : after
    if (isGone && !subscription.ended)
      subscription.listener.receive(encodeFrame('reset', newest, JSON.stringify({ newest })), 'reset')
    await catchUp(subscription)
  }

  async function start() {
    cursor = (await range(db)).newest
    if (all.size) timer ??= setInterval(wake, POLL_MS)
  }

  function wake() {
    again = true
    if (!all.size || reading) return
    reading = true
    readNew()
      // The next look, a moment later, reads the same events again.
      .catch((error) => log.error({ err: error }, 'the events could not be read'))
      .finally(() => {
        reading = false
      })
  }

  async function readNew() {
    while (again && all.size) {
      again = false
      const after = gt(events.id, cursor)
      const rows = await db.select().from(events).where(after).orderBy(asc(events.id)).limit(EVENTS_PER_READ)
      for (const row of rows) pass(row)
      cursor = rows.at(-1)?.id ?? cursor
      again ||= rows.length === EVENTS_PER_READ
    }
  }

  function pass(row: EventRow) {
    const isForAll = row.projectId === INSTALLATION_PROJECT && row.type === TOLD_TO_ALL
    const listeners = isForAll ? [...live.values()].flatMap((each) => [...each]) : live.get(row.projectId)
    if (!listeners) return
    const frame = encodeEvent(row)
    for (const subscription of listeners) send(subscription, row, frame)
  }

  // Joins only when nothing was read between the last look and now, so that no event falls in between.
  async function catchUp(subscription: Subscription) {
    const { projectId } = subscription
    while (!subscription.ended && subscription.cursor < cursor) {
      const after = subscription.cursor
      const until = Math.min(cursor, after + EVENTS_PER_READ)
      for (const row of await readStretch(db, projectId, { after, until }))
        send(subscription, row, encodeEvent(row))
      subscription.cursor = until
      // Lets the socket take what it was given before it is given more.
      await new Promise((resolve) => setImmediate(resolve))
    }
    if (subscription.ended) return
    live.set(projectId, (live.get(projectId) ?? new Set()).add(subscription))
    wake()
  }

  function send(subscription: Subscription, { id, type }: EventRow, frame: Uint8Array) {
    if (subscription.ended || subscription.cursor >= id) return
    subscription.cursor = id
    if (!subscription.listener.receive(frame, type)) end(subscription)
  }

  function end(subscription: Subscription) {
    subscription.ended = true
    all.delete(subscription)
    const listeners = live.get(subscription.projectId)
    if (listeners?.delete(subscription) && listeners.size === 0) live.delete(subscription.projectId)
    if (all.size) return
    clearInterval(timer)
    timer = undefined
    started = undefined
  }
}

/** What a stretch of the table holds for a project: its own events, and those for all. */
const readStretch = (db: Db, projectId: string, { after, until }: { after: number; until: number }) =>
  db
    .select()
    .from(events)
    .where(
      and(
        gt(events.id, after),
        lte(events.id, until),
        or(
          eq(events.projectId, projectId),
          and(eq(events.projectId, INSTALLATION_PROJECT), eq(events.type, TOLD_TO_ALL)),
        ),
      ),
    )
    .orderBy(asc(events.id))

// Each of the two is a look at one end of the table; asked for together they would be a walk through all of it.
async function range(db: Db): Promise<{ oldest: number; newest: number }> {
  const rows = await db.rows('SELECT (SELECT min(id) FROM events), (SELECT max(id) FROM events)', [])
  const [[oldest, newest]] = rows as [[number | null, number | null]]
  return { oldest: oldest ?? 1, newest: newest ?? 0 }
}

const encodeEvent = (row: EventRow) => encodeFrame(row.type, row.id, row.data)

// `data` is JSON on one line, so nothing in it can begin a field or a frame of its own.
const encodeFrame = (type: string, id: number, data: string) =>
  encoder.encode(`id: ${id}\nevent: ${type}\ndata: ${data}\n\n`)
