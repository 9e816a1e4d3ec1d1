import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { ftsQuery, QUERY_TERMS_MAX, searchTerms } from '#src/sources/search-terms.ts'

/** A full-text table as the database has it. */
function tableOf(...texts: string[]) {
  const db = new Database(':memory:')
  db.run("CREATE VIRTUAL TABLE t USING fts5 (terms, tokenize = 'porter unicode61 remove_diacritics 2')")
  for (const text of texts) db.query('INSERT INTO t (terms) VALUES (?)').run(searchTerms(text))
  return (query: string) => {
    const expression = ftsQuery(query)
    if (expression === null) return []
    return db
      .query<{ rowid: number }, [string]>('SELECT rowid FROM t WHERE t MATCH ? ORDER BY bm25(t)')
      .all(`terms : (${expression})`)
      .map(({ rowid }) => rowid)
  }
}

test('words of scripts without spaces are found', () => {
  const find = tableOf(
    '東京は日本の首都です。',
    '昨日は東京タワーに行きました',
    'ฉันรักภาษาไทย',
    '서울에서 만나요',
    'Tokyo',
  )
  expect(find('東京').sort()).toEqual([1, 2])
  expect(find('首都')).toEqual([1])
  expect(find('ภาษา')).toEqual([3])
  expect(find('서울')).toEqual([4])
  expect(find('Tokyo')).toEqual([5])
})

test('text with spaces goes into the index as it is', () => {
  expect(searchTerms("It's “state-of-the-art”, naïve: 1.5 €")).toBe("It's “state-of-the-art”, naïve: 1.5 €")
})

test('any word matches, stop words only when alone, phrases in quotes as phrases', () => {
  const find = tableOf('the river bank', 'the bank of the river', 'to be or not to be')
  expect(find('the river nowhere').sort()).toEqual([1, 2])
  expect(find('"river bank"')).toEqual([1])
  expect(find('“bank of the river”')).toEqual([2])
  expect(find('the').sort()).toEqual([1, 2])
  expect(find('to be')).toEqual([3])
  expect(ftsQuery('the river')).toBe('"river"')
})

test('repeated words stay, terms are limited', () => {
  expect(ftsQuery('cat cat')).toBe('"cat" OR "cat"')
  expect(ftsQuery('word '.repeat(200))?.split(' OR ')).toHaveLength(QUERY_TERMS_MAX)
  expect(ftsQuery(`"${'word '.repeat(200)}"`)?.split(' ')).toHaveLength(QUERY_TERMS_MAX)
  expect(ftsQuery('東京都'.repeat(100))?.split(' OR ')).toHaveLength(QUERY_TERMS_MAX)
})

test('there is nothing to look for in signs', () => {
  for (const signs of ['', '   ', '***', '""', '" "', '"—"', '. : ; !', '🎉', '\0'])
    expect(ftsQuery(signs)).toBeNull()
})

test('no input is an error of the database', () => {
  const find = tableOf('a cat AND a dog')
  const hostile = [
    '.',
    "'",
    '"',
    '""',
    '"""',
    'a"b',
    '"a',
    'a"',
    '*',
    'cat*',
    '^cat',
    'AND',
    'OR',
    'NOT',
    'NEAR(',
    'NEAR(cat dog, 2)',
    'terms:cat',
    '-cat',
    'cat NOT dog',
    '(cat',
    'cat)',
    '{terms}',
    'cat + dog',
    '\0cat',
    'cat\0',
    '\ud800cat',
    "'; DROP TABLE t; --",
    '東京"',
    '“東京',
    'ー',
    "don't",
    "o'",
    '\u0301',
    'a\u0301',
    'cat '.repeat(5_000),
    '"'.repeat(3_000),
    'х'.repeat(5_000),
  ]
  for (const query of hostile) expect(() => find(query)).not.toThrow()
  expect(find('NEAR(cat')).toEqual([1])
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (query) => {
      find(query)
    }),
    { numRuns: 1_000 },
  )
})
