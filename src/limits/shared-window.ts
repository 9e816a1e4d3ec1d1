import type { Db } from '#db/connect.ts'
import type { HashSubject } from './hash-subject.ts'
import { purgeSome } from './purge-limits.ts'
import type { RateLimit } from './rate-limits.ts'
import { partAt, type Taking, type Window } from './window.ts'
import { giveBackToRows, readRows, type Standing, standingOf, takeFromRows } from './window-rows.ts'

/** The largest block that one process takes, as a share of the limit. */
const BLOCK_SHARE = 1 / 16
const BLOCKS_PER_PURGE = 64
/** Of whom a block is held, or a refusal remembered. Whoever is forgotten asks the database again. */
const SUBJECTS_MAX = 20_000

/** What this process took for one subject and has not spent, and what the rows said when it took it. */
type Block = Standing & {
  part: number
  unspent: number
  size: number
  /** When the rows had nothing left, in milliseconds; Infinity when they had. */
  refusedAt: number
  /** How many wait for the block that is being taken. */
  waiting: number
  taking: Promise<void> | undefined
}

/** `clock` gives the time of day in milliseconds: rows outlive the process that wrote them. */
type Options = { db: Db; hash: HashSubject; clock?: () => number }

/**
 * A sliding window that several processes share through the database. A process takes a block of the
 * allowance and spends it in memory within the same part of the window, so that the sum over all processes
 * never exceeds the limit. Blocks begin at one and double while they are spent, and what is left of one goes
 * back when the next is taken: little of the allowance lies idle, and a busy subject costs few writes. A
 * refusal costs none.
 *
 * The clocks of the processes must agree to within the window of the limit.
 */
export function createSharedWindow(limit: RateLimit, { db, hash, clock = Date.now }: Options): Window {
  const blocks = new Map<string, Block>()
  const sizeMax = Math.max(1, Math.floor(limit.limit * BLOCK_SHARE))
  let blocksTaken = 0

  return {
    take(subject) {
      const block = blocks.get(subject) ?? open(subject)
      return spend(limit, block, clock()) ?? takeAndSpend(block, subject)
    },
  }

  async function takeAndSpend(block: Block, subject: string): Promise<Taking> {
    block.waiting++
    try {
      while (true) {
        block.taking ??= takeBlock(block, subject).finally(() => (block.taking = undefined))
        await block.taking
        const taking = spend(limit, block, clock())
        if (taking) return taking
      }
    } finally {
      block.waiting--
    }
  }

  async function takeBlock(block: Block, name: string) {
    const subject = hash(limit.name, name)
    const place = { limit, subject, now: clock() }
    const { part, unspent: unused } = block
    block.unspent = 0
    block.size = unused ? 1 : Math.min(2 * block.size || 1, sizeMax)
    const [, [granted], rows] = await db.batch([
      giveBackToRows(db, { subject, part, unused }),
      takeFromRows(db, place, Math.max(block.size, block.waiting)),
      readRows(db, place),
    ])
    block.part = partAt(limit, place.now)
    block.unspent = granted?.[0] ?? 0
    block.refusedAt = granted ? Infinity : place.now
    Object.assign(block, standingOf(place, rows))
    if (++blocksTaken % BLOCKS_PER_PURGE === 0) await purgeSome(db, place.now)
  }

  function open(subject: string): Block {
    if (blocks.size >= SUBJECTS_MAX) forgetOldest()
    const block: Block = {
      part: 0,
      unspent: 0,
      size: 0,
      refusedAt: Infinity,
      remaining: 0,
      backAt: 0,
      waiting: 0,
      taking: undefined,
    }
    blocks.set(subject, block)
    return block
  }

  function forgetOldest() {
    for (const subject of [...blocks.keys()].slice(0, SUBJECTS_MAX / 4)) blocks.delete(subject)
  }
}

/** Undefined when the database has to be asked. */
function spend(limit: RateLimit, block: Block, now: number): Taking | undefined {
  const allowed = block.unspent > 0 && block.part === partAt(limit, now)
  const isRefused = block.refusedAt <= now && now < block.backAt
  if (!allowed && !isRefused) return undefined
  if (allowed) block.unspent--
  return {
    allowed,
    limit: limit.limit,
    remaining: allowed ? block.remaining + block.unspent : 0,
    resetMs: Math.max(0, block.backAt - now),
    rule: limit.rule,
  }
}
