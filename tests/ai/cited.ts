import { expect } from 'bun:test'
import type { Material } from '#src/ai/provider.ts'
import type { CitedMarkdown } from '#src/ai/schemas.ts'

/**
 * Holds a piece of writing to the promise: each sentence is followed by its own marker, in order, and its
 * citation is a verbatim stretch of one passage that holds every word that was written.
 */
export function expectCited({ markdown, citations }: CitedMarkdown, material: readonly Material[]) {
  const written = sentencesOf(markdown)
  expect(written.map(({ marker }) => marker)).toEqual(citations.map(({ marker }) => marker))
  for (const [at, citation] of citations.entries()) {
    expect(citation.marker).toBe(String(at + 1))
    const source = material.find(({ id }) => id === citation.sourceId)!
    const passage = source.passages.find(({ id }) => id === citation.passageId)!
    expect(citation.start).toBeGreaterThanOrEqual(passage.start)
    expect(citation.end).toBeLessThanOrEqual(passage.end)
    expect(citation.end).toBeGreaterThan(citation.start)
    const quote = passage.text.slice(citation.start - passage.start, citation.end - passage.start)
    expect(citation.quote === quote).toBe(true)
    expect(citation.speaker).toBe(passage.speaker)
    expect(isSubsequence(lettersOf(written[at]!.text), lettersOf(quote))).toBe(true)
  }
}

/** The sentences of our Markdown with their markers, without speakers' names and escapes. */
export function sentencesOf(markdown: string): { text: string; marker: string; opensParagraph: boolean }[] {
  const sentences = []
  let start = 0
  for (const match of markdown.matchAll(/\\.|\[\^(\d+)\]/g)) {
    if (match[1] === undefined) continue
    const raw = markdown.slice(start, match.index)
    sentences.push({
      text: plain(raw),
      marker: match[1],
      opensParagraph: start === 0 || raw.startsWith('\n\n'),
    })
    start = match.index + match[0].length
  }
  expect(markdown.slice(start).trim()).toBe('')
  return sentences
}

const plain = (raw: string) =>
  raw
    .trim()
    .replace(/^\*\*(?:\\.|[^*\\])+:\*\* /, '')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')

const lettersOf = (text: string) =>
  [...text.toLowerCase().toWellFormed()].filter((char) => /[\p{L}\p{N}]/u.test(char))

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0
  for (const char of whole) if (char === part[at]) at++
  return at === part.length
}
