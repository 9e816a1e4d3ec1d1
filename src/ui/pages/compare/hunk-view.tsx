import type { ReactNode } from 'react'
import type { Hunk } from '../../api/documents.ts'
import { InlineMarkdown } from '../document/inline-markdown.tsx'

/**
 * One block of a comparison: as it stands, added, removed, or with its changed words inside. The markers of
 * citations are left out: one more of them renumbers all that follow.
 */
export function HunkView({ hunk }: { hunk: Hunk }) {
  const Block = hunk.kind === 'heading' ? 'h3' : 'p'
  return (
    <Block dir="auto" data-change={hunk.type}>
      {hunk.type !== 'same' && <span className="visually-hidden">{labels[hunk.type]}: </span>}
      {contentOf(hunk)}
    </Block>
  )
}

const labels = { edited: 'Edited', added: 'Added', removed: 'Removed' }

function contentOf(hunk: Hunk): ReactNode {
  const inline = (text: string) => <InlineMarkdown markers={false} text={withoutSign(text, hunk)} />
  if (hunk.type === 'added') return <ins>{inline(hunk.after?.text ?? '')}</ins>
  if (hunk.type === 'removed') return <del>{inline(hunk.before?.text ?? '')}</del>
  if (hunk.type === 'same' || !hunk.changes) return inline(hunk.after?.text ?? '')
  return hunk.changes.map(({ type, text }, index) => {
    if (!withoutMarkers(text) && type !== 'same') return null
    const Mark = type === 'added' ? 'ins' : type === 'removed' ? 'del' : 'span'
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one comparison never change
    return <Mark key={index}>{inline(text)}</Mark>
  })
}

/** Whether a block says something else than before, whatever its citations are numbered. */
export const saysOtherwise = ({ type, changes = [] }: Hunk) =>
  type === 'added' ||
  type === 'removed' ||
  changes.some((change) => change.type !== 'same' && withoutMarkers(change.text))

const withoutMarkers = (text: string) => text.replace(/\[\^[^\]\s]{1,64}\]/g, '').trim()

/** A heading's hashes are its rank, which it is shown by. */
const withoutSign = (text: string, hunk: Hunk) =>
  hunk.kind === 'heading' ? text.replace(/^#{1,6} /, '') : text
