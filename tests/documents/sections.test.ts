import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { carryIds } from '../../src/documents/sections.ts'

const bodies: Record<string, string> = {
  Outlook: 'Next year the team plans a second release train and hires two engineers in Lisbon for it.',
  Testing: 'Every change runs through nine hundred checks before anybody reviews a single line of code.',
  Money: 'The invoice dropped from forty thousand dollars to eleven once the cache was in place.',
  People: 'Writers sit beside engineers, so that questions are asked before the draft is finished.',
}
const section = (heading: string, body = bodies[heading] ?? '') => ({
  heading,
  markdown: `## ${heading}\n\n${body}\n`,
})
const previous = Object.keys(bodies).map((heading) => ({ id: heading.toLowerCase(), ...section(heading) }))

function carry(next: { heading: string; markdown: string }[], from = previous) {
  let count = 0
  return carryIds(from, next, () => `new${++count}`)
}

describe('an id stays with its section', () => {
  test('when nothing changes, and when sections are reordered', () => {
    expect(carry(previous)).toEqual(['outlook', 'testing', 'money', 'people'])
    expect(carry(previous.toReversed())).toEqual(['people', 'money', 'testing', 'outlook'])
  })

  test('when it is renamed', () => {
    const next = previous.map((one) =>
      one.id === 'money' ? section('What it costs now', bodies.Money) : one,
    )
    expect(carry(next)).toEqual(['outlook', 'testing', 'money', 'people'])
  })

  test('when it is rewritten under the same title', () => {
    const next = previous.map((one) =>
      one.id === 'money' ? section('Money', 'Quite another story, told anew.') : one,
    )
    expect(carry(next)).toEqual(['outlook', 'testing', 'money', 'people'])
  })

  test('when it is renamed, edited and moved at once', () => {
    const edited = section('Costs', bodies.Money!.replace('forty', 'fifty'))
    expect(carry([edited, section('Outlook'), section('People')])).toEqual(['money', 'outlook', 'people'])
  })

  test('with the larger part of a split', () => {
    const [start, end] = [bodies.People!.slice(0, 60), bodies.People!.slice(60)]
    expect(carry([section('Testing'), section('People', start), section('Afterwards', end)])).toEqual([
      'testing',
      'people',
      'new1',
    ])
  })

  test('with one of those that were merged', () => {
    const ids = carry([section('Testing and money', `${bodies.Testing} ${bodies.Money}`), section('Outlook')])
    expect(['testing', 'money']).toContain(ids[0]!)
    expect(ids[1]).toBe('outlook')
  })

  test('in scripts without spaces', () => {
    const old = [
      { id: 'tokyo', ...section('東京', '東京は日本の首都であり、世界最大の都市圏の中心です。') },
      { id: 'rain', ...section('天気', '明日は朝から雨が降り、夜には強い風が吹くでしょう。') },
    ]
    const next = [
      section('明日の天気', old[1]!.markdown.slice(7)),
      section('首都', old[0]!.markdown.slice(7)),
    ]
    expect(carry(next, old)).toEqual(['rain', 'tokyo'])
  })
})

test('what is new gets a new id, and nothing else does', () => {
  const fresh = section('Appendix', 'Glossary of terms, bibliography, acknowledgements.')
  expect(carry([previous[0]!, fresh, previous[1]!])).toEqual(['outlook', 'new1', 'testing'])
  expect(carry([fresh, fresh])).toEqual(['new1', 'new2'])
  expect(carry([])).toEqual([])
  expect(carry([fresh], [])).toEqual(['new1'])
})

test('sections that are the same share no id, in order', () => {
  const twins = ['a', 'b'].map((id) => ({ id, ...section('Empty') }))
  expect(carry([section('Empty'), section('Empty'), section('Empty')], twins)).toEqual(['a', 'b', 'new1'])
})

test('ids are never doubled or invented, and the same input gives the same ids', () => {
  const one = fc.record({
    heading: fc.constantFrom('A', 'A b', 'B', '東京', ''),
    markdown: fc.oneof(fc.constantFrom('## A\n', 'one two three', 'one two four', ''), fc.string()),
  })
  fc.assert(
    fc.property(fc.array(one, { maxLength: 6 }), fc.array(one, { maxLength: 6 }), (before, next) => {
      const from = before.map((text, index) => ({ id: `old${index}`, ...text }))
      const ids = carry(next, from)
      expect(ids).toHaveLength(next.length)
      expect(new Set(ids).size).toBe(ids.length)
      for (const id of ids) expect(id).toMatch(/^(?:old|new)\d+$/)
      expect(carry(next, from)).toEqual(ids)
      expect(carry(before, from)).toEqual(from.map(({ id }) => id))
    }),
    { numRuns: 1_500 },
  )
})

test('five hundred sections against five hundred others', () => {
  const many = (word: string) =>
    Array.from({ length: 500 }, (_, n) =>
      section(`${word} ${n}`, `${bodies.Testing} ${word}${n} `.repeat(20)),
    )
  const old = many('old').map((one, n) => ({ id: `old${n}`, ...one }))
  expect(carry(many('new'), old)).toHaveLength(500)
})
