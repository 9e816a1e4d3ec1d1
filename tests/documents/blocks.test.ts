import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { blocksOf } from '../../src/documents/blocks.ts'
import { arbitraryMarkdown } from './arbitrary-markdown.ts'

const joined = (markdown: string) =>
  blocksOf(markdown)
    .map((block) => block.text + block.gap)
    .join('')
const kinds = (markdown: string) => blocksOf(markdown).map((block) => block.kind)

test('blocks join to the text, for any text', () => {
  fc.assert(
    fc.property(arbitraryMarkdown, (markdown) => expect(joined(markdown)).toBe(markdown)),
    { numRuns: 2_000 },
  )
})

test('blocks are what a person decides about', () => {
  const markdown =
    '# H\n\npara\nline\n- a\n  - b\n\n  more\n- c\n\n> q\n> - x\n\n| a |\n|---|\n| 1 |\n| 2 |\n\n```\nx\n\ny\n```\n<div>\n\n[r]: http://x\n\n[^1]: note\n\n    more\n\n---\n'
  expect(kinds(markdown)).toEqual([
    'heading',
    'paragraph',
    'item',
    'item',
    'item',
    'quote',
    'table',
    'row',
    'row',
    'code',
    'html',
    'reference',
    'reference',
    'rule',
  ])
  expect(blocksOf('- a\n  - b\n\n  more\n- c\n')).toEqual([
    { kind: 'item', text: '- a', gap: '\n' },
    { kind: 'item', text: '  - b\n\n  more', gap: '\n' },
    { kind: 'item', text: '- c', gap: '\n' },
  ])
})

test('blocks hold no line end at their end, and gaps nothing but space', () => {
  fc.assert(
    fc.property(arbitraryMarkdown, (markdown) => {
      for (const { text, gap } of blocksOf(markdown)) {
        expect(gap).toMatch(/^[ \t\r\n]*$/)
        if (text !== '') expect(text).toMatch(/[^\r\n]$/)
      }
    }),
    { numRuns: 1_000 },
  )
})
