import { describe, expect, test } from 'bun:test'
import { Value } from '@sinclair/typebox/value'
import fc from 'fast-check'
import {
  FRONTMATTER_CHARS_MAX,
  Frontmatter,
  readFrontmatter,
  writeFrontmatter,
} from '../../src/documents/frontmatter.ts'
import { splitMarkdown } from '../../src/documents/markdown.ts'
import { AppError } from '../../src/errors.ts'

const problem = (raw: string) => {
  try {
    readFrontmatter(raw)
  } catch (error) {
    if (error instanceof AppError) return `${error.kind}: ${error.message}`
    throw error
  }
  return 'read'
}

describe('what is written is read back', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(
      'yes',
      'no',
      '2026-01-01',
      '12:30',
      '0x1f',
      '010',
      '1e3',
      'null',
      '~',
      '- a',
      'a: b',
      '# c',
    ),
    fc.constantFrom(
      '---',
      'a\n---\nb',
      '...',
      'a\r\nb',
      '\u2028',
      '\u0085',
      '*a',
      '&a',
      '!!js/x y',
      '{a}',
      '%a',
      '@',
    ),
  )
  const value = fc.oneof(text, fc.boolean(), fc.integer(), fc.array(text, { maxLength: 4 }))
  const key = fc
    .oneof(text, fc.constantFrom('title', 'tags', 'constructor', 'toString'))
    .filter((k) => k !== '__proto__')
  const values = fc.dictionary(key, value, { maxKeys: 5 }).map((all) => ({ ...all }))

  test('any keys and values', () => {
    fc.assert(
      fc.property(values, (all) => {
        expect(readFrontmatter(writeFrontmatter(all))).toEqual(all)
      }),
      { numRuns: 2_000 },
    )
  })

  test('through a document, whatever follows', () => {
    fc.assert(
      fc.property(values, fc.string(), (all, body) => {
        const written = writeFrontmatter(all)
        if (written === '') return
        expect(splitMarkdown(written + body).frontmatter).toBe(written)
      }),
      { numRuns: 2_000 },
    )
  })

  test('a whole frontmatter, in its order', () => {
    const whole = {
      title: 'Why we “ship” on Fridays: a study',
      slug: 'warum-wir-schön-sind',
      description: 'First line.\nSecond line.',
      keywords: ['a', 'yes'],
      tags: [],
      categories: ['東京'],
      canonicalUrl: 'https://example.com/a?b=c#d',
      heroImage: { src: 'hero.webp', alt: 'A "quoted" alt' },
      date: '2026-01-01',
      draft: true,
    }
    expect(readFrontmatter(writeFrontmatter(whole))).toEqual(whole)
    expect(Object.keys(readFrontmatter(writeFrontmatter(whole)))).toEqual(Object.keys(whole))
    expect(Value.Check(Frontmatter, whole)).toBe(true)
  })

  test('undefined values are left out and nothing is written for nothing', () => {
    expect(writeFrontmatter({ title: undefined })).toBe('')
    expect(writeFrontmatter({ a: 1, b: undefined })).toBe('---\na: 1\n---\n')
  })

  test('what YAML 1.1 takes for a date or a yes/no is quoted', () => {
    expect(writeFrontmatter({ date: '2026-01-01', answer: 'no' })).toBe(
      '---\ndate: "2026-01-01"\nanswer: "no"\n---\n',
    )
  })
})

describe('reading', () => {
  test('dates stay text, with or without fences', () => {
    expect(readFrontmatter('---\r\ndate: 2026-01-02\r\n---\r\n')).toEqual({ date: '2026-01-02' })
    expect(readFrontmatter('date: 2026-01-02')).toEqual({ date: '2026-01-02' })
  })

  test('an empty frontmatter has no values', () => {
    for (const raw of ['', '---\n---\n', '---\n# only a note\n---\n', '\uFEFF---\n---']) {
      expect(readFrontmatter(raw)).toEqual({})
    }
  })

  test.each([
    ['a duplicate key', '---\na: 1\na: 2\n---\n', 'Line 3: Map keys must be unique.'],
    ['another language', '---js\nglobalThis.ran = true\n---\n', 'Line 1: only YAML is read, not “---js”.'],
    ['JSON', '---json\n{}\n---\n', 'Line 1: only YAML is read, not “---json”.'],
    ['TOML', '+++\na = 1\n+++\n', 'Line 1: it is TOML'],
    ['a tag', '---\na: !!js/function "x"\n---\n', 'Line 2: Unresolved tag'],
    ['binary', 'a: !!binary aGk=', 'Line 1: Unresolved tag'],
    ['an alias', 'a: &a [x]\nb: *a', 'aliases (“*name”) are not allowed'],
    ['a circle', 'a: &a {b: *a}', 'aliases (“*name”) are not allowed'],
    ['a list', '- a', 'it must be a list of “key: value” lines'],
    ['a text', 'hello', 'it must be a list of “key: value” lines'],
    ['a tab', '---\na:\n\tb: 1\n---\n', 'Line 3: Tabs are not allowed as indentation'],
    ['an open string', 'a: "b', 'Missing closing'],
    ['two documents', 'a: 1\n---\nb: 2', 'Line 2: a line of “---” or “...” ends it before its end'],
    ['a prototype', '__proto__: {polluted: true}', 'the key “__proto__” is not allowed'],
    ['an inner prototype', 'a:\n  __proto__: {polluted: true}', 'the key “__proto__” is not allowed'],
    ['a map as key', '? {a: 1}\n: b', 'keys must be strings'],
    ['depth', `a: ${'['.repeat(9_000)}`, 'it is nested too deeply'],
  ])('%s is refused with line and reason', (_, raw, reason) => {
    expect(problem(raw)).toStartWith('invalid_request: The frontmatter cannot be read.')
    expect(problem(raw)).toContain(reason)
    expect(globalThis).not.toHaveProperty('ran')
    expect({}).not.toHaveProperty('polluted')
  })

  test('an alias bomb is refused at once', () => {
    const bomb = Array.from({ length: 20 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n},*a${n},*a${n},*a${n}]`)
    expect(problem(`a0: &a0 x\n${bomb.join('\n')}`)).toContain('aliases')
  })

  test('size and depth have limits', () => {
    expect(problem(`a: ${'x'.repeat(FRONTMATTER_CHARS_MAX)}`)).toStartWith(
      'limit_exceeded: A frontmatter may have at most 20000',
    )
    expect(problem(`a: ${'['.repeat(20)}${']'.repeat(20)}`)).toContain('nested at most 8 levels')
  })

  test('harmless names of the prototype are only names', () => {
    expect(readFrontmatter('constructor: a\ntoString: b\nhasOwnProperty: c')).toEqual({
      constructor: 'a',
      toString: 'b',
      hasOwnProperty: 'c',
    } as never)
  })

  test('any text is read or refused, never worse', () => {
    const yaml = fc.string({ unit: fc.constantFrom(...'ab:-?[]{}&*!|>\'"%@`# \n\t,~.'), maxLength: 60 })
    fc.assert(
      fc.property(fc.oneof(yaml, fc.string({ unit: 'binary' })), (raw) => {
        expect(problem(raw)).toMatch(/^(?:read|invalid_request|limit_exceeded)/)
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('the schema', () => {
  test.each([
    [{ title: 'x', custom: 'a', count: 3, flag: true, list: ['a'] }, true],
    [{ slug: '東京-の-話' }, true],
    [{ slug: 'a b' }, false],
    [{ slug: '../x' }, false],
    [{ title: 'x'.repeat(201) }, false],
    [{ canonicalUrl: 'javascript:alert(1)' }, false],
    [{ heroImage: { src: 'a.webp' } }, false],
    [{ tags: 'a' }, false],
    [{ custom: { nested: true } }, false],
    [{ custom: [1] }, false],
  ])('%j is allowed: %p', (values, allowed) => {
    expect(Value.Check(Frontmatter, values)).toBe(allowed)
  })
})
