import { type Static, Type as t } from '@sinclair/typebox'
import { AppError } from '#src/errors.ts'
import { createPace } from '#src/pace.ts'
import { alignBlocks, longestRise } from './align.ts'
import { type Block, BlockKind, blocksOf } from './blocks.ts'
import { diffWords, newBudget, WordChange, type WorkBudget } from './word-diff.ts'

const Piece = t.Object({
  text: t.String(),
  gap: t.String({ description: 'The line ends and blank lines between this block and the next one.' }),
})

/** One block, `before` as it is, `after` as it would be: an added one has no `before`, a removed no `after`. */
export const Hunk = t.Object({
  id: t.String({ description: 'The same for the same change, whatever changes elsewhere.' }),
  type: t.Union([t.Literal('same'), t.Literal('edited'), t.Literal('added'), t.Literal('removed')]),
  kind: BlockKind,
  before: t.Optional(Piece),
  after: t.Optional(Piece),
  changes: t.Optional(
    t.Array(WordChange, {
      description: 'For an edited block: one `same` piece alone when only the space after it changes.',
    }),
  ),
})
export type Hunk = Static<typeof Hunk>

export const Decision = t.Union([t.Literal('accept'), t.Literal('refuse')])
export type Decision = Static<typeof Decision>

export const SectionComparison = t.Object({
  id: t.String(),
  heading: t.String(),
  status: t.Union([t.Literal('same'), t.Literal('edited'), t.Literal('added'), t.Literal('removed')]),
  moved: t.Boolean(),
  hunks: t.Optional(t.Array(Hunk)),
})
export type SectionComparison = Static<typeof SectionComparison>

/** What turns `before` into `after`, block by block as it is read; what is removed before what is added. */
export function diffProse(before: string, after: string, budget = newBudget()): Hunk[] {
  const old = blocksOf(before)
  const fresh = blocksOf(after)
  const newId = hunkIds()
  const hunks: Hunk[] = []
  const push = (hunk: Omit<Hunk, 'id'>) => hunks.push({ id: newId(hunk), ...hunk })
  let [i, j] = [0, 0]
  for (const [nextI, nextJ] of [...alignBlocks(old, fresh), [old.length, fresh.length] as const]) {
    for (; i < nextI; i++) push({ type: 'removed', kind: old[i]!.kind, before: piece(old[i]!) })
    for (; j < nextJ; j++) push({ type: 'added', kind: fresh[j]!.kind, after: piece(fresh[j]!) })
    if (i === old.length || j === fresh.length) continue
    const pair = { kind: fresh[j]!.kind, before: piece(old[i]!), after: piece(fresh[j]!) }
    if (pair.before.text === pair.after.text) push({ type: 'same', ...pair })
    else push({ type: 'edited', ...pair, changes: diffWords(pair.before.text, pair.after.text, budget) })
    i++
    j++
  }
  return hunks.map((hunk, index) => (isRespaced(hunk, hunks[index + 1]) ? respaced(hunk) : hunk))
}

/**
 * The text that a person's decisions make, by hunk id; what is not decided stays as it was. All accepted is
 * `after` and all refused is `before`, byte for byte; anything between has exactly the chosen blocks,
 * parted as they were on the side where they are neighbours, else by what their kinds need.
 *
 * Throws AppError `invalid_request` for a decision about a hunk that is not there.
 */
export function resolveHunks(hunks: Hunk[], decisions: Record<string, Decision>): string {
  checkDecisions(hunks, decisions)
  const chosen = chooseSides(hunks, decisions)
  const frame = {
    before: lastPiece(hunks, 'before'),
    after: lastPiece(hunks, 'after'),
    newline: newlineOf(hunks),
  }
  return chosen.map((block, index) => block.text + gapAfter(block, chosen[index + 1], frame)).join('')
}

type Section = { id: string; heading: string; markdown: string }

/**
 * Two versions of a document, section by section in the newer order; a removed section stands after the one
 * it followed. `moved` marks the fewest sections whose moving explains the new order.
 */
export async function compareSections(before: Section[], after: Section[]): Promise<SectionComparison[]> {
  const pace = createPace()
  const budget = newBudget()
  const old = new Map(before.map((section, index) => [section.id, { section, index }]))
  const kept = after.filter(({ id }) => old.has(id))
  const steady = new Set(
    longestRise(kept.map(({ id }) => old.get(id)!.index)).map((index) => kept[index]!.id),
  )
  const present = new Set(after.map(({ id }) => id))
  const result: SectionComparison[] = []
  const addRemoved = (from: number) => {
    for (let index = from; index < before.length && !present.has(before[index]!.id); index++) {
      const { id, heading } = before[index]!
      result.push({ id, heading, status: 'removed', moved: false })
    }
  }
  addRemoved(0)
  for (const section of after) {
    const match = old.get(section.id)
    const moved = match !== undefined && !steady.has(section.id)
    result.push(compareSection(match?.section, section, { moved, budget }))
    await pace()
    if (match) addRemoved(match.index + 1)
  }
  return result
}

type Comparing = { moved: boolean; budget: WorkBudget }

function compareSection(
  before: Section | undefined,
  after: Section,
  { moved, budget }: Comparing,
): SectionComparison {
  const { id, heading } = after
  if (!before) return { id, heading, status: 'added', moved }
  const same = before.markdown === after.markdown && before.heading === heading
  if (same) return { id, heading, status: 'same', moved }
  return { id, heading, status: 'edited', moved, hunks: diffProse(before.markdown, after.markdown, budget) }
}

const piece = ({ text, gap }: Block) => ({ text, gap })

/** Ids from what a hunk says, counted when it says the same again. */
function hunkIds(): (hunk: Omit<Hunk, 'id'>) => string {
  const seen = new Map<string, number>()
  return ({ kind, before, after }) => {
    const content = JSON.stringify([kind, before?.text, after?.text])
    const hash = Bun.hash.xxHash64(content).toString(36)
    const count = (seen.get(hash) ?? 0) + 1
    seen.set(hash, count)
    return count === 1 ? hash : `${hash}.${count}`
  }
}

/** Two equal neighbours parted differently: without a hunk of its own nobody could decide about the space. */
const isRespaced = (hunk: Hunk, next: Hunk | undefined) =>
  hunk.type === 'same' && (!next || next.type === 'same') && hunk.before!.gap !== hunk.after!.gap

const respaced = (hunk: Hunk): Hunk => ({
  ...hunk,
  type: 'edited',
  changes: [{ type: 'same', text: hunk.after!.text }],
})

function checkDecisions(hunks: Hunk[], decisions: Record<string, Decision>): void {
  const known = new Set(hunks.filter((hunk) => hunk.type !== 'same').map((hunk) => hunk.id))
  const unknown = Object.keys(decisions).filter((id) => !known.has(id))
  if (unknown.length === 0) return
  throw new AppError(
    'invalid_request',
    'A decision is about a change that this proposal does not have.',
    unknown.map((id) => ({ path: `/decisions/${id}`, message: 'There is no such change.' })),
  )
}

type Side = 'before' | 'after' | 'both'
/** A block of the result, with its place among the blocks of each side. */
type Chosen = { hunk: Hunk; side: Side; text: string; before: number; after: number }

function chooseSides(hunks: Hunk[], decisions: Record<string, Decision>): Chosen[] {
  const chosen: Chosen[] = []
  let before = 0
  let after = 0
  for (const hunk of hunks) {
    const side: Side = hunk.type === 'same' ? 'both' : decisions[hunk.id] === 'accept' ? 'after' : 'before'
    const taken = side === 'before' ? hunk.before : hunk.after
    if (taken) chosen.push({ hunk, side, text: taken.text, before, after })
    if (hunk.before) before++
    if (hunk.after) after++
  }
  return chosen
}

type End = { place: number; gap: string }
/** The ends of both texts and how their lines end. */
type Frame = { before: End; after: End; newline: string }

function lastPiece(hunks: Hunk[], side: 'before' | 'after'): End {
  const pieces = hunks.flatMap((hunk) => hunk[side] ?? [])
  return { place: pieces.length, gap: pieces.at(-1)?.gap ?? '' }
}

function newlineOf(hunks: Hunk[]): string {
  for (const { before, after } of hunks) {
    const lineEnd = /\r\n?|\n/.exec((before?.gap ?? '') + (after?.gap ?? ''))
    if (lineEnd) return lineEnd[0]
  }
  return '\n'
}

function gapAfter(block: Chosen, next: Chosen | undefined, frame: Frame): string {
  const takesAfter = block.side !== 'before' && next?.side !== 'before'
  if (takesAfter && block.after + 1 === (next?.after ?? frame.after.place)) return block.hunk.after!.gap
  const takesBefore = block.side !== 'after' && next?.side !== 'after'
  if (takesBefore && block.before + 1 === (next?.before ?? frame.before.place)) return block.hunk.before!.gap
  if (!next) return frame.after.gap || frame.before.gap
  return neededGap(block, next, frame.newline)
}

function neededGap(block: Chosen, next: Chosen, newline: string): string {
  const own = (block.side === 'before' ? block.hunk.before : block.hunk.after)!.gap
  const [kind, nextKind] = [block.hunk.kind, next.hunk.kind]
  if (nextKind === 'row' && (kind === 'row' || kind === 'table')) return newline
  if ((own.match(/\r\n?|\n/g) ?? []).length >= 2) return own
  const tight = kind === 'heading' || kind === 'code' || (kind === 'item' && nextKind === 'item')
  return tight ? newline : newline + newline
}
