import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { HEADINGS_MAX, PASSAGE_CHARS_MAX, PASSAGES_MAX } from '#src/sources/limits.ts'
import { splitPassages } from '#src/sources/passages.ts'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

async function wordsOf(text: string) {
  return (await splitPassages(text)).map(({ start, end }) => text.slice(start, end))
}

/** Strings made of what the splitter looks for, and of what trips it. */
const marks = [
  '\n',
  '\n\n',
  ' ',
  '\t',
  '\u00a0',
  '\u2028',
  '\ufeff',
  ':',
  '：',
  '**',
  '__',
  '[',
  ']',
  '(',
  ')',
  '#',
  '## ',
  '---',
  '===',
  '```',
  '> ',
  '- ',
  '1. ',
  'Anna',
  'Ben:',
  'Anna: Hi.',
  '**Anna:** ',
  '00:12',
  '[00:12:34] ',
  '(1:02)',
  '9:30 ',
  'So it goes. ',
  'Dr. ',
  '東京都。',
  'é',
  'e\u0301',
  '👩‍👩‍👧',
  '🇩🇪',
  '\ud800',
  '\udc00',
  '\0',
  '\r',
  'x'.repeat(700),
  'word '.repeat(150),
]
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(fc.constantFrom(...marks), { maxLength: 40 }).map((parts) => parts.join('')),
)

test('for any text, passages are in order, apart, within bounds, trimmed, not empty and not too long', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, async (text) => {
      let before = 0
      for (const { start, end } of await splitPassages(text)) {
        const words = text.slice(start, end)
        expect(start).toBeGreaterThanOrEqual(before)
        expect(end).toBeGreaterThan(start)
        expect(end).toBeLessThanOrEqual(text.length)
        expect(words.trim()).toBe(words)
        expect(words.length).toBeLessThanOrEqual(PASSAGE_CHARS_MAX)
        before = end
      }
    }),
    { numRuns: 1_500 },
  )
})

test('no word is lost: what lies between passages is white space in text without any marks', async () => {
  const plainText = fc.array(
    fc.constantFrom('word', 'Wort', '言葉', ' ', '\n', '\n\n', '. ', 'x'.repeat(900)),
    { maxLength: 60 },
  )
  await fc.assert(
    fc.asyncProperty(plainText, async (parts) => {
      const text = parts.join('')
      expect((await wordsOf(text)).join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''))
    }),
    { numRuns: 500 },
  )
})

test('a long paragraph is cut at the ends of sentences, but not after an abbreviation', async () => {
  const sentence = 'We asked Dr. Smith, e.g. about the plan of J. Doe, and heard that it is fine. '
  const words = await wordsOf(sentence.repeat(60))
  expect(words.length).toBeGreaterThan(3)
  for (const passage of words) expect(passage.endsWith('it is fine.')).toBe(true)
  expect(words.every((passage) => passage.startsWith('We asked'))).toBe(true)
})

test('lines wrapped by hand are not sentences', async () => {
  const line = 'a line that goes on and on without any end to it'
  const words = await wordsOf(`${`${line}\n`.repeat(20)}and ends. Then ${`${line}\n`.repeat(20)}and ends.`)
  expect(words.map((passage) => passage.endsWith('and ends.'))).toEqual([true, true])
})

test('without sentences it is cut at white space, without white space between graphemes', async () => {
  for (const passage of await wordsOf('word '.repeat(2_000))) expect(passage).toMatch(/^word.*word$/s)
  for (const unit of ['👩‍👩‍👧', '🇩🇪', 'e\u0301', '𠮷']) {
    const text = unit.repeat(1_000)
    const words = await wordsOf(text)
    expect(words.join('')).toBe(text)
    for (const passage of words)
      expect(Array.from(graphemes.segment(passage), ({ segment }) => segment)).toEqual(
        Array.from({ length: passage.length / unit.length }, () => unit),
      )
  }
})

test('a grapheme longer than a passage is cut between code points', async () => {
  const text = `🧑${'\u{1F3FB}'.repeat(3_000)}`
  for (const passage of await wordsOf(text)) expect(passage.isWellFormed()).toBe(true)
})

test('headings are no passages; the passages under them carry the nearest one', async () => {
  const text =
    '# One *two*\n\nFirst.\n\n### [Deep](http://x.org) ###\nSecond.\n\nUnder lined\n-----------\n\nThird.\n\nNot.\n---\nFourth.'
  expect(
    (await splitPassages(text)).map(({ start, end, heading, headingLevel }) => [
      headingLevel,
      heading,
      text.slice(start, end),
    ]),
  ).toEqual([
    [1, 'One two', 'First.'],
    [3, 'Deep', 'Second.'],
    [2, 'Under lined', 'Third.'],
    [2, 'Under lined', 'Not.'],
    [2, 'Under lined', 'Fourth.'],
  ])
})

test('list items and quotes lose their marks, code keeps everything', async () => {
  const text =
    'Before\n- one\n- two\n  goes on\n\n1. three\n\n> said\n\n***\n\n```sh\n# no heading\n\nAnna: no\n```\nafter'
  expect(await wordsOf(text)).toEqual([
    'Before',
    'one',
    'two\n  goes on',
    'three',
    'said',
    '# no heading\n\nAnna: no',
    'after',
  ])
})

test('a speaker lasts through the paragraphs of a turn and ends at a heading or a doubtful label', async () => {
  const text =
    'Anna: One.\n\nTwo.\n\nBen: Three.\n\nAnna: Four.\n\nBen: Five.\n\nAny of it.\n\nMore.\n\nAnd more.\n\nEtc.\n\nZoe: Six.\n\nLots.\n\n# New\n\nSeven.'
  const speakers = (await splitPassages(text)).map(({ speaker }) => speaker)
  expect(speakers.slice(0, 5)).toEqual(['Anna', 'Anna', 'Ben', 'Anna', 'Ben'])
  expect(speakers.slice(-3)).toEqual([undefined, undefined, undefined])
})

test('too many passages or headings are refused with the limit', async () => {
  await expect(splitPassages('a\n\n'.repeat(PASSAGES_MAX + 1))).rejects.toThrow('20,000')
  await expect(splitPassages('# a\n'.repeat(HEADINGS_MAX + 1))).rejects.toThrow('1,000')
})
