import { describe, expect, test } from 'bun:test'
import { Value } from '@sinclair/typebox/value'
import fc from 'fast-check'
import { blocksOf } from '../../src/documents/blocks.ts'
import { type Decision, diffProse, Hunk, resolveHunks } from '../../src/documents/prose-diff.ts'
import { arbitraryMarkdown } from './arbitrary-markdown.ts'

const decideAll = (hunks: Hunk[], choose: (index: number) => Decision) =>
  Object.fromEntries(
    hunks.filter((hunk) => hunk.type !== 'same').map((hunk, index) => [hunk.id, choose(index)]),
  )
const brief = (hunks: Hunk[]) => hunks.map((hunk) => `${hunk.type} ${(hunk.after ?? hunk.before)!.text}`)

/** Two texts that share much: one, and the other with blocks dropped, changed, repeated and added. */
const plainBlock = fc.constantFrom(
  '## Heading',
  '- item one',
  '- item two\n- item three',
  '1. first',
  '> quoted words',
  '```js\nlet x = 1\n\nlet y\n```',
  'A paragraph that says we ship on Friday.',
  'A paragraph that says we ship on Monday.',
  'Two\nlines of it',
  '東京は日本の首都です。',
  'مرحبا بالعالم',
  '| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |',
  'Short.',
)
const document = fc.array(plainBlock, { maxLength: 8 }).map((blocks) => blocks.join('\n\n'))
const pair = fc.oneof(
  fc.tuple(document, document),
  fc.tuple(arbitraryMarkdown, arbitraryMarkdown),
  fc
    .tuple(arbitraryMarkdown, fc.integer({ min: 0, max: 60 }), fc.string({ maxLength: 4 }))
    .map(([text, at, added]) => [text, text.slice(0, at) + added + text.slice(at + 3)] as const),
)
const choices = fc.array(fc.constantFrom<Decision>('accept', 'refuse'), { minLength: 16, maxLength: 16 })

describe('decisions', () => {
  test('all accepted is the new text and all refused the old, byte for byte, for any two texts', () => {
    fc.assert(
      fc.property(pair, ([before, after]) => {
        const hunks = diffProse(before, after)
        expect(
          resolveHunks(
            hunks,
            decideAll(hunks, () => 'accept'),
          ),
        ).toBe(after)
        expect(
          resolveHunks(
            hunks,
            decideAll(hunks, () => 'refuse'),
          ),
        ).toBe(before)
        expect(resolveHunks(hunks, {})).toBe(before)
      }),
      { numRuns: 4_000 },
    )
  })

  test('mixed give exactly the chosen texts with only space between, for any two texts', () => {
    fc.assert(
      fc.property(pair, choices, ([before, after], chosen) => {
        const hunks = diffProse(before, after)
        const decisions = decideAll(hunks, (index) => chosen[index % 16]!)
        const texts = hunks.map(({ type, id, before: old, after: fresh }) => {
          const piece = type === 'same' || decisions[id] === 'accept' ? fresh : old
          return piece?.text ?? ''
        })
        const bare = (text: string) => text.replace(/[ \t\r\n]/g, '')
        expect(bare(resolveHunks(hunks, decisions))).toBe(bare(texts.join('')))
      }),
      { numRuns: 2_000 },
    )
  })

  test('mixed keep every chosen block a block of its own', () => {
    fc.assert(
      fc.property(document, document, choices, (before, after, chosen) => {
        const hunks = diffProse(before, after)
        const decisions = decideAll(hunks, (index) => chosen[index % 16]!)
        const wanted = hunks.flatMap((hunk) => {
          const piece = hunk.type === 'same' || decisions[hunk.id] === 'accept' ? hunk.after : hunk.before
          return piece ? [piece.text] : []
        })
        // A table without its head is no table: rows left alone become a paragraph.
        if (hunks.some((hunk) => hunk.kind === 'row' || hunk.kind === 'table')) return
        expect(blocksOf(resolveHunks(hunks, decisions)).map((block) => block.text)).toEqual(wanted)
      }),
      { numRuns: 3_000 },
    )
  })

  test('about what is not there are refused', () => {
    const hunks = diffProse('a\n\nb\n', 'a\n\nc d e\n')
    expect(() => resolveHunks(hunks, { nothing: 'accept' })).toThrow('does not have')
    expect(() => resolveHunks(hunks, { [hunks[0]!.id]: 'accept' })).toThrow('does not have')
  })

  test('part the chosen blocks sanely', () => {
    const hunks = diffProse('One here.\n\nTwo there.\n', 'One here.\n\nAdded between.\n')
    const [removed, added] = [hunks[1]!, hunks[2]!]
    expect(brief(hunks)).toEqual(['same One here.', 'removed Two there.', 'added Added between.'])
    expect(resolveHunks(hunks, { [added.id]: 'accept' })).toBe('One here.\n\nTwo there.\n\nAdded between.\n')
    expect(resolveHunks(hunks, { [removed.id]: 'accept' })).toBe('One here.\n')
    const items = diffProse('- one\r\n- two', '- one\r\n- three\r\n- four')
    const last = items.at(-1)!
    expect(resolveHunks(items, { [last.id]: 'accept' })).toBe('- one\r\n- two\r\n- four')
  })

  test('keep the rows of a table together', () => {
    const hunks = diffProse('| a |\n|---|\n| one |\n', '| a |\n|---|\n| two |\n\nMore.\n')
    const added = hunks.find((hunk) => hunk.after?.text === '| two |')!
    expect(resolveHunks(hunks, { [added.id]: 'accept' })).toStartWith('| a |\n|---|\n| one |\n| two |\n')
  })

  test('cover a change of nothing but space', () => {
    const hunks = diffProse('a\n\n\n\nb\n', 'a\n\nb')
    expect(hunks.map((hunk) => hunk.type)).toEqual(['edited', 'edited'])
    expect(hunks[0]!.changes).toEqual([{ type: 'same', text: 'a' }])
    expect(resolveHunks(hunks, { [hunks[0]!.id]: 'accept' })).toBe('a\n\nb\n')
  })
})

describe('what changed', () => {
  const before = '# T\n\nWe ship on Friday, as always.\n\nGone now.\n\n- kept item\n- old item here\n'
  const after =
    '# T\n\nWe ship on Monday, as always.[^2]\n\n- kept item\n- new item here\n\nFresh words come last.\n'

  test('is told block by block', () => {
    expect(brief(diffProse(before, after))).toEqual([
      'same # T',
      'edited We ship on Monday, as always.[^2]',
      'removed Gone now.',
      'same - kept item',
      'edited - new item here',
      'added Fresh words come last.',
    ])
  })

  test('inside a block is told by whole words, and a marker is one', () => {
    const [, edited] = diffProse(before, after)
    expect(edited!.changes).toEqual([
      { type: 'same', text: 'We ship on ' },
      { type: 'removed', text: 'Friday' },
      { type: 'added', text: 'Monday' },
      { type: 'same', text: ', as always.' },
      { type: 'added', text: '[^2]' },
    ])
    const [cited] = diffProse('The team ships on Friday.[^1]', 'The team ships on Friday.[^12]')
    expect(cited!.changes!.slice(1)).toEqual([
      { type: 'removed', text: '[^1]' },
      { type: 'added', text: '[^12]' },
    ])
  })

  test('close together is one change', () => {
    const [edited] = diffProse(
      'We all like the very big old red house on our hill.',
      'We all like a small new blue house on our hill.',
    )
    expect(edited!.changes!.map((change) => change.text)).toEqual([
      'We all like ',
      'the very big old red',
      'a small new blue',
      ' house on our hill.',
    ])
  })

  test('is told in scripts without spaces', () => {
    const [edited] = diffProse('東京は日本の首都です。人口は多い。', '京都は日本の古い都です。人口は多い。')
    expect(edited!.type).toBe('edited')
    expect(edited!.changes!.at(-1)!.text).toEndWith('人口は多い。')
    const [arabic] = diffProse('نحن نطلق البرنامج يوم الجمعة', 'نحن نطلق البرنامج يوم الاثنين')
    expect(arabic!.changes!.map((change) => change.text)).toEqual([
      'نحن نطلق البرنامج يوم ',
      'الجمعة',
      'الاثنين',
    ])
  })

  test('joins to both sides, for any two texts, and has the shape of the API', () => {
    fc.assert(
      fc.property(pair, ([old, fresh]) => {
        const hunks = diffProse(old, fresh)
        expect(new Set(hunks.map((hunk) => hunk.id)).size).toBe(hunks.length)
        for (const hunk of hunks) {
          expect(Value.Check(Hunk, hunk)).toBe(true)
          if (hunk.type !== 'edited') continue
          const side = (other: string) =>
            hunk
              .changes!.filter((change) => change.type !== other)
              .map((change) => change.text)
              .join('')
          expect(side('added')).toBe(hunk.before!.text)
          expect(side('removed')).toBe(hunk.after!.text)
        }
      }),
      { numRuns: 1_500 },
    )
  })

  test('keeps its id when something else changes', () => {
    const hunks = diffProse(before, after)
    const later = diffProse(`Intro.\n\n${before}`, `Intro, edited.\n\n${after}`)
    const ids = new Set(later.map((hunk) => hunk.id))
    for (const hunk of hunks) expect(ids.has(hunk.id)).toBe(true)
  })
})

describe('long texts', () => {
  const paragraph = (n: number, word: string) =>
    Array.from({ length: 60 }, (_, k) => `${word}${(n * 7919 + k * 104729) % 9973}`).join(' ')
  const text = (word: string, count = 450) =>
    Array.from({ length: count }, (_, n) => paragraph(n, word)).join('\n\n')

  test('that have nothing in common are told apart', () => {
    const hunks = diffProse(text('a'), text('b'))
    expect(hunks.filter((hunk) => hunk.type === 'removed')).toHaveLength(450)
    expect(
      resolveHunks(
        hunks,
        decideAll(hunks, () => 'accept'),
      ),
    ).toBe(text('b'))
  })

  test('edited throughout are still paired', () => {
    const old = text('a', 1_500)
    const fresh = old.replaceAll(/a1\d* /g, 'b ')
    const hunks = diffProse(old, fresh)
    expect(hunks.filter((hunk) => hunk.type === 'added')).toHaveLength(0)
    expect(
      resolveHunks(
        hunks,
        decideAll(hunks, () => 'accept'),
      ),
    ).toBe(fresh)
  })

  test('of one paragraph, and of a hundred thousand lines, come to an end', () => {
    const one = diffProse(
      text('a').replaceAll('\n\n', ' '),
      `${text('a').replaceAll('\n\n', ' ').replaceAll('a1', 'b1')} x`,
    )
    expect(one).toHaveLength(1)
    const items = (word: string) =>
      Array.from({ length: 20_000 }, (_, n) => `- ${word} a b c ${n % 7}\n`).join('')
    const hunks = diffProse(items('x'), items('y'))
    expect(
      resolveHunks(
        hunks,
        decideAll(hunks, () => 'refuse'),
      ),
    ).toBe(items('x'))
  })

  test('nested without end are compared too', () => {
    for (const mark of ['>', '- ', '[']) {
      const hunks = diffProse(mark.repeat(100_000), `${mark.repeat(100_000)}a`)
      expect(
        resolveHunks(
          hunks,
          decideAll(hunks, () => 'accept'),
        ),
      ).toBe(`${mark.repeat(100_000)}a`)
    }
  })
})
