import { type Static, Type as t } from '@sinclair/typebox'
import { diffArrays } from 'diff'

/** More changed words than this in one block are shown as one replacement. */
const EDITS_MAX = 1_000
/** What all the blocks of one comparison may cost together, in squared edits. */
const WORK_MAX = 4_000_000
const BRIDGE_CHARS_MAX = 3

export const WordChange = t.Object({
  type: t.Union([t.Literal('same'), t.Literal('added'), t.Literal('removed')]),
  text: t.String(),
})
export type WordChange = Static<typeof WordChange>

/** How much comparing is left to one comparison: each word diff takes its share. */
export type WorkBudget = { left: number }
export const newBudget = (): WorkBudget => ({ left: WORK_MAX })

/**
 * What changed between two texts, by whole words: `same` and `removed` pieces join to `before`, `same` and
 * `added` to `after`. Changes with almost nothing between them are one. Myers' algorithm, by the package
 * `diff`, over the words of `Intl.Segmenter`, so that it works for scripts without spaces.
 */
export function diffWords(before: string, after: string, budget = newBudget()): WordChange[] {
  const edits = Math.min(EDITS_MAX, Math.floor(Math.sqrt(budget.left)))
  const parts = diffArrays(wordsOf(before), wordsOf(after), { maxEditLength: edits })
  if (!parts) {
    budget.left -= edits * edits
    return replaced(before, after)
  }
  const changes = parts.map(({ added, removed, value }): WordChange & { count: number } => ({
    type: added ? 'added' : removed ? 'removed' : 'same',
    text: value.join(''),
    count: value.length,
  }))
  const changed = changes.reduce((sum, { type, count }) => sum + (type === 'same' ? 0 : count), 0)
  budget.left -= Math.min(budget.left, changed * changed)
  return mergeNear(changes)
}

const segmenter = new Intl.Segmenter('und', { granularity: 'word' })

/** Words, spaces and signs; a footnote marker is one word. */
function wordsOf(text: string): string[] {
  return text
    .split(/(\[\^[^\]\s]{1,64}\])/)
    .flatMap((part, index) =>
      index % 2 === 1 ? [part] : Array.from(segmenter.segment(part), ({ segment }) => segment),
    )
}

/** Each run of changes becomes one `removed` and one `added`; what is too short between two joins them. */
function mergeNear(changes: WordChange[]): WordChange[] {
  const merged: WordChange[] = []
  let removed = ''
  let added = ''
  for (const [index, { type, text }] of changes.entries()) {
    if (type === 'removed') removed += text
    else if (type === 'added') added += text
    else if (index < changes.length - 1 && isBridge(text, removed.length + added.length)) {
      removed += text
      added += text
    } else {
      const shared = sharedEnd(removed, added)
      merged.push(
        ...replaced(removed.slice(0, removed.length - shared), added.slice(0, added.length - shared)),
      )
      merged.push({ type: 'same', text: removed.slice(removed.length - shared) + text })
      removed = ''
      added = ''
    }
  }
  return [...merged, ...replaced(removed, added)]
}

/** The length of the white space that a bridge left at the end of both. */
function sharedEnd(removed: string, added: string): number {
  let length = 0
  while (/\s/.test(removed.at(-1 - length) ?? '') && removed.at(-1 - length) === added.at(-1 - length))
    length++
  return length
}

/** Space on one line, or a short word after a longer change. */
const isBridge = (text: string, changed: number) =>
  changed > 0 &&
  !/[\r\n]/.test(text) &&
  (text.trim() === '' || (text.trim().length <= BRIDGE_CHARS_MAX && changed > text.length))

const replaced = (before: string, after: string): WordChange[] => [
  ...(before ? [{ type: 'removed' as const, text: before }] : []),
  ...(after ? [{ type: 'added' as const, text: after }] : []),
]
