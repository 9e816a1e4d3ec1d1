import type { Citation } from '../../api/documents.ts'
import type { Passage } from '../../api/sources.ts'

const CONTEXT_CHARS = 180

/** What stands before and after a quote in its passage, cut between words. Nothing while the passage is unknown. */
export function aroundQuote({ start, end }: Citation, passage: Passage | undefined) {
  if (!passage) return { before: '', after: '' }
  const before = passage.text.slice(0, Math.max(0, start - passage.start))
  const after = passage.text.slice(Math.max(0, end - passage.start))
  return { before: lastWords(before), after: firstWords(after) }
}

function lastWords(text: string): string {
  if (text.length <= CONTEXT_CHARS) return text
  const cut = text.slice(-CONTEXT_CHARS)
  return `… ${cut.slice(cut.indexOf(' ') + 1)}`
}

function firstWords(text: string): string {
  if (text.length <= CONTEXT_CHARS) return text
  const cut = text.slice(0, CONTEXT_CHARS)
  return `${cut.slice(0, cut.lastIndexOf(' '))} …`
}
