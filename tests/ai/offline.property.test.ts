import { expect, test } from 'bun:test'
import fc from 'fast-check'
import MarkdownIt from 'markdown-it'
import footnote from 'markdown-it-footnote'
import { cleanSentence } from '#src/ai/offline/clean-sentence.ts'
import { english } from '#src/ai/offline/languages/en.ts'
import { offline } from '#src/ai/offline/offline.ts'
import { splitSentences } from '#src/ai/offline/sentences.ts'
import type { Material } from '#src/ai/provider.ts'
import { escapeMarkdown } from '#src/escape-markdown.ts'
import { expectCited } from '#tests/ai/cited.ts'
import { context, draft } from '#tests/ai/draft.ts'
import { materialFrom, proseAbout } from '#tests/ai/material.ts'

const markdown = new MarkdownIt({ html: true, linkify: true }).use(footnote)

const hostile = [
  '<script>alert(1)</script> runs in the page when nobody looks at it closely enough.',
  'Read the whole story of [the harbour](javascript:alert(1)) before the council meets again.',
  '![pixel](https://example.org/p.png) was placed in the letter that the council sent to us.',
  'The **bold** and _italic_ and `code` words were all part of the letter we received.',
  '# The heading in the notes was written by somebody who likes big letters a lot.',
  '1. The list began with a number and the council did not number anything else after it.',
  'The footnote[^1] and the inline^[note] were copied from another document by the clerk.',
  '> The quote was marked with an arrow because the mail program of the clerk adds them.',
  'The entity &lt;b&gt; and the entity &#60; were written by a program that escapes twice.',
  '~~Struck~~ words and | tables | of | figures were pasted by the council into the letter.',
  '<img src=x onerror=alert(1)> was found in the minutes that the council published in May.',
  '\\[escaped\\] brackets and a trailing backslash were kept by the clerk who wrote this\\',
]

const anyUnit = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...proseAbout('harbour', 6).split(/(?<=\.) /)) },
  { weight: 2, arbitrary: fc.constantFrom(...hostile) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 80 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '\ud800 alone \udfff',
      '\0\u0001',
      '\u202eabc\u202c',
      'e\u0301'.repeat(9),
      '👩‍👩‍👧‍👦',
    ),
  },
)

const anyMaterial: fc.Arbitrary<Material> = fc
  .array(
    fc.record({
      text: fc.array(anyUnit, { minLength: 1, maxLength: 6 }).map((units) => units.join(' ')),
      speaker: fc.option(fc.constantFrom('Ana', 'Bo *Bold*', '[x](y)'), { nil: undefined }),
      timeMs: fc.option(fc.nat(90_000_000), { nil: undefined }),
    }),
    { minLength: 4, maxLength: 20 },
  )
  .map((parts) => {
    let start = 0
    const passages = [...parts, { text: proseAbout('museum'), speaker: undefined, timeMs: undefined }].map(
      (part, at) => {
        const passage = { id: `p${at}`, start, end: start + part.text.length, ...part }
        start = passage.end + 1
        return passage
      },
    )
    return { id: 'any', title: 'Any', passages }
  })

test('whatever the source holds, every sentence cites it to the character', async () => {
  await fc.assert(
    fc.asyncProperty(anyMaterial, async (material) => {
      const { outline, sections } = await draft([material], { words: 400 })
      expectCited(outline.summary, [material])
      for (const section of sections) {
        expectCited(section, [material])
        expect(section.markdown.isWellFormed()).toBe(true)
      }
    }),
    { numRuns: 60 },
  )
})

test('a source cannot bring markup into a post', async () => {
  const source = materialFrom(`${hostile.join('\n\n')}\n\n${proseAbout('harbour', 12)}`)
  const { sections } = await draft([source], { words: 600 })
  const notes = sections[0]!.citations.map(({ marker }) => `[^${marker}]: source`).join('\n')
  for (const section of sections) {
    const html = markdown.render(`${section.markdown}\n\n${notes}`)
    expect(html).not.toMatch(/<(?:script|img|em|code|h[1-6]|ol start|blockquote|s|table|b)\b/)
    expect(html).not.toMatch(/href="(?!#fn|https:)/)
  }
})

test('escaped prose renders to the prose it was', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'grapheme-ascii' }))),
      (parts) => {
        const prose = parts.join(' ').replace(/\s+/g, ' ').trim()
        fc.pre(prose !== '')
        const html = new MarkdownIt({ html: true }).use(footnote).render(escapeMarkdown(prose, true))
        const text = html.replace(/^<p>|<\/p>\n$/g, '')
        expect(text).not.toMatch(/<[a-z]/)
        expect(plainFrom(text)).toBe(prose)
      },
    ),
  )
})

test('ordinary prose is not made ugly', () => {
  const prose = 'In 2022, A&B (a snake_case name) paid $5 – “50%” more; why? It is 3.5 #1, e.g. x=y.'
  expect(escapeMarkdown(prose, true)).toBe(prose)
})

test('sentences cover a passage in order, without overlap, within its edges', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
      let last = 0
      for (const { start, end } of [...splitSentences(text, english)]) {
        expect(start).toBeGreaterThanOrEqual(last)
        expect(end).toBeGreaterThan(start)
        last = end
      }
      expect(last).toBeLessThanOrEqual(text.length)
    }),
  )
})

test.each([
  ['So, um, we, we have to to start again.', 'We have to start again.'],
  ['And, you know, the queue was, like, broken for a week.', 'The queue was broken for a week.'],
  ["I mean, it's kind of hard to say what they wanted.", "It's hard to say what they wanted."],
  ['Okay, so the the lease ran out, right?', 'The lease ran out.'],
  [
    'A new kind of queue appeared that had had no owner.',
    'A new kind of queue appeared that had had no owner.',
  ],
  ['So Duran Duran played the the song.', 'Duran Duran played the song.'],
  ['Thanks to the cache, the page was fast.', 'Thanks to the cache, the page was fast.'],
  ['[laughter] The editors [00:12:34] were very, very happy.', 'The editors were very, very happy.'],
])('%p is cleaned to %p', (spoken, written) => {
  expect(cleanSentence(spoken, english, true).text).toBe(written)
})

test('a section whose material holds nothing to quote is refused, not written empty', async () => {
  const material = [materialFrom('Thank you!\n\nAny questions?')]
  const chapter = { key: 'a', heading: 'Nothing', words: 50, passageIds: ['source-0', 'source-1'] }
  const error = await offline.section(chapter, material, {}, context()).catch((reason) => reason)
  expect(error.kind).toBe('source_too_short')
})

const plainFrom = (html: string) =>
  html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')
