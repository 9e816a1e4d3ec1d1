import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  findMarkers,
  QUOTE_CHARS_MAX,
  renumber,
  shortenQuote,
  withFootnotes,
  withoutMarkers,
} from '../../src/documents/footnotes.ts'
import { renderHtml, renderText } from '../../src/documents/render.ts'
import { arbitraryMarkdown } from './arbitrary-markdown.ts'
import { cite } from './cite.ts'

const labels = (markdown: string) => findMarkers(markdown).map((marker) => marker.label)

describe('a marker is found', () => {
  test.each([
    ['a sentence.[^1] And [^b-2].[^1]', ['1', 'b-2', '1']],
    ['# head[^1]\n\n- item[^2]\n  > quote[^3]\n\nsetext[^4]\n---', ['1', '2', '3', '4']],
    ['| a[^1] | b |\n|---|---|\n| c | d[^2] |', ['1', '2']],
    ['[^1]: defined[^2]\n\n    more[^3]\n\n[^4]:\n    below[^5]', ['2', '3', '5']],
    ['*em[^1]* <b>[^2]</b> ![alt][^3]', ['1', '2', '3']],
    ['`unclosed [^1] and ``other`` [^2]', ['1', '2']],
    ['[not a link](a b [^1]) [x](', ['1']],
    ['第一。[^1]אחרי[^٢]', ['1', '٢']],
    ['a\r\nb[^1]\rc[^2]', ['1', '2']],
    ['\\\\[^1]', ['1']],
    ['https://example.com/a[^1] (https://b.c).[^2]', ['1', '2']],
  ])('in %j', (markdown, expected) => {
    expect(labels(markdown)).toEqual(expected)
    for (const { label, start, end } of findMarkers(markdown)) {
      expect(markdown.slice(start, end)).toBe(`[^${label}]`)
    }
  })

  test.each([
    ['a code span', '`[^1]` ``a ` [^1]``'],
    ['a code span over lines', 'a `b\n[^1]` c'],
    ['a fence', '```\n[^1]\n```'],
    ['an unclosed fence', '> ~~~\n> [^1]'],
    ['indented code', 'a\n\n    [^1]'],
    ['an address', '[a](https://b.c/[^1]) <https://b.c/[^1]>'],
    ['an escape', '\\[^1] [\\^1]'],
    ['a definition', '[^1]: note'],
    ['a reference', '[a]: https://b.c/[^1]'],
    ['frontmatter', '---\ntitle: a[^1]\n---\n'],
    ['other brackets', '[1] [^ 1] [^] [^a b] ^[inline]'],
  ])('but not in %s', (_, markdown) => {
    expect(labels(markdown)).toEqual([])
  })
})

describe('definitions are appended on the way out', () => {
  test('with quote, speaker, time and source', () => {
    const citations = [cite('1', { speaker: 'Ann Lee', time: '00:12:34' }), cite('2')]
    expect(withFootnotes('One.[^1] Two.[^2]', citations, { src_1: 'The talk' })).toBe(
      'One.[^1] Two.[^2]\n\n[^1]: “Quote 1.” — Ann Lee, 00:12:34, The talk\n[^2]: “Quote 2.” — The talk\n',
    )
    expect(withFootnotes('One.[^1]\n\n', [cite('1')])).toBe('One.[^1]\n\n[^1]: “Quote 1.”\n')
  })

  test('only for markers that are used and not defined', () => {
    const markdown = 'One.[^1] `[^2]`\n\n[^1]: The author says so.\n'
    expect(withFootnotes(markdown, [cite('1'), cite('2'), cite('3')])).toBe(markdown)
  })

  test('as text that stays text, on one line', () => {
    const quote = '*a* <script>\n[x](javascript:1)\r\n# b | `c` https://d.e www.f.g me@h.i ~~j~~ &amp; $k$'
    const markdown = withFootnotes('One.[^1]', [cite('1', { quote, speaker: '_A_\n\n# B' })], {
      src_1: '[^2]',
    })
    expect(markdown.trim().split('\n')).toHaveLength(3)
    const html = renderHtml(markdown)
    expect(html).toContain(
      '*a* &lt;script&gt; [x](javascript:1) # b | `c` https://d.e www.f.g me@h.i ~~j~~ &amp;amp; $k$',
    )
    expect(html).toContain('_A_ # B, [^2]')
    expect(renderText(markdown)).toContain('“*a* <script> [x](javascript:1) # b | `c` https://d.e')
  })

  test('with long quotes shortened at a word', () => {
    const short = shortenQuote('word '.repeat(200))
    expect(short).toEndWith('word…')
    expect(short.length).toBeLessThanOrEqual(QUOTE_CHARS_MAX + 1)
    expect(shortenQuote('😀'.repeat(400)).isWellFormed()).toBe(true)
    expect(shortenQuote('東'.repeat(400))).toHaveLength(QUOTE_CHARS_MAX + 1)
    expect(shortenQuote(' a\n\tb ')).toBe('a b')
  })

  test('also after a fence that nothing closes', () => {
    expect(withFootnotes('a[^1]\n\n~~~~js\ncode', [cite('1')])).toBe(
      'a[^1]\n\n~~~~js\ncode\n~~~~\n\n[^1]: “Quote 1.”\n',
    )
  })

  test('a label like a name of the prototype is only a label', () => {
    expect(withFootnotes('a[^constructor]', [cite('constructor')], {})).toEndWith(
      '[^constructor]: “Quote constructor.”\n',
    )
    expect(withFootnotes('a[^1]', [cite('1', { sourceId: 'toString' })], {})).toEndWith('[^1]: “Quote 1.”\n')
  })

  test('so that every citation of a document is defined in it', () => {
    fc.assert(
      fc.property(arbitraryMarkdown, (markdown) => {
        const written = withFootnotes(markdown, [cite('1'), cite('2')])
        expect(written).toStartWith(markdown)
        expect(withFootnotes(written, [cite('1'), cite('2')])).toBe(written)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('pieces are numbered through', () => {
  test('in reading order, each with its citations', () => {
    const drafts = [
      { markdown: 'B.[^2] A.[^1] B.[^2]', citations: [cite('1'), cite('2')] },
      { markdown: 'C.[^1]', citations: [cite('1', { quote: 'Other.' })] },
    ]
    expect(renumber(drafts)).toEqual([
      {
        markdown: 'B.[^1] A.[^2] B.[^1]',
        citations: [cite('1', { quote: 'Quote 2.' }), cite('2', { quote: 'Quote 1.' })],
      },
      { markdown: 'C.[^3]', citations: [cite('3', { quote: 'Other.' })] },
    ])
    expect(renumber(drafts, 8)[1]!.markdown).toBe('C.[^10]')
  })

  test('without touching code, unknown markers and the author’s own footnotes', () => {
    const markdown = '`[^1]` a[^1] [^9]\n\n```\n[^1]\n```\n\nb[^n] [^2]\n\n[^n]: note[^1]\n\n[^2]: own\n'
    const [piece] = renumber([{ markdown, citations: [cite('1'), cite('2')] }], 5)
    expect(piece!.markdown).toBe(markdown.replace('a[^1]', 'a[^5]').replace('note[^1]', 'note[^5]'))
    expect(piece!.citations).toEqual([cite('5', { quote: 'Quote 1.' })])
  })

  test('no citation takes a number that is kept', () => {
    const [first, second] = renumber([
      { markdown: 'a[^1] b[^2]', citations: [cite('1'), cite('2')] },
      { markdown: 'c[^2]\n\n[^2]: own', citations: [] },
    ])
    expect(first!.markdown).toBe('a[^1] b[^3]')
    expect(second!.markdown).toBe('c[^2]\n\n[^2]: own')
  })

  test('and unused citations are left out', () => {
    expect(renumber([{ markdown: 'a', citations: [cite('1')] }])).toEqual([{ markdown: 'a', citations: [] }])
  })

  test('for any text: the same text but for the labels, and every label explained', () => {
    const draft = arbitraryMarkdown.map((markdown) => ({ markdown, citations: [cite('1'), cite('2')] }))
    fc.assert(
      fc.property(fc.array(draft, { maxLength: 3 }), (drafts) => {
        const done = renumber(drafts)
        const numbers = done.flatMap((piece) => piece.citations.map((citation) => Number(citation.marker)))
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
        for (const [index, { markdown, citations }] of done.entries()) {
          const bare = (text: string) => text.replace(/\[\^\d+\]/g, '[^]')
          expect(bare(markdown)).toBe(bare(drafts[index]!.markdown))
          for (const { marker } of citations) expect(labels(markdown)).toContain(marker)
        }
        expect(renumber(done)).toEqual(done)
      }),
      { numRuns: 1_500 },
    )
  })
})

describe('markers are taken out', () => {
  test.each([
    ['One.[^1] Two [^2]. Three [^3]', 'One. Two. Three'],
    ['a[^1][^2] b', 'a b'],
    ['`[^1]` stays[^1]', '`[^1]` stays'],
    ['note[^n] cite[^1]\n\n[^n]: own\n', 'note[^n] cite\n\n[^n]: own\n'],
  ])('of %j', (markdown, expected) => {
    expect(withoutMarkers(markdown)).toBe(expected)
  })

  test('and the rest stays as it is', () => {
    fc.assert(
      fc.property(arbitraryMarkdown, (markdown) => {
        const clean = withoutMarkers(markdown)
        const bare = (text: string) => text.replace(/\[\^[^\]\s]{1,64}\]|[ \t]/g, '')
        expect(bare(clean)).toBe(bare(markdown))
      }),
      { numRuns: 1_000 },
    )
  })
})

test('what is found is what the renderer shows as a citation', () => {
  const pieces = fc.constantFrom(
    '[^1]',
    '`',
    '``',
    '\\',
    ' ',
    'a',
    '[^2]',
    '*',
    '<https://a.b/[^1]>',
    '\n',
    '> ',
    '- ',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 14 }), (parts) => {
      const markdown = parts.join('')
      const shown = [
        ...renderHtml(markdown, { citations: [cite('1'), cite('2')] }).matchAll(/data-citation="(.)"/g),
      ]
      expect(labels(markdown)).toEqual(shown.map((match) => match[1]!))
    }),
    { numRuns: 3_000 },
  )
})
