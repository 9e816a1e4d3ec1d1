import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { Secret } from '#src/secret.ts'
import { type Cell, SealError, seal, unseal } from '#src/secrets/envelope.ts'
import { keyText, ringOf } from './vault.ts'

const ring = ringOf('new', 'old')
/** Half characters are the one thing UTF-8 cannot carry. */
const anyText = fc.string({ unit: 'binary', maxLength: 200 })
const anyCell: fc.Arbitrary<Cell> = fc.record({
  table: fc.constantFrom('letters', 'two_factors'),
  column: fc.constantFrom('body', 'secret'),
  key: fc.constant('id'),
  id: fc.oneof(fc.constantFrom('1', '1/body', 'letters/1', ''), fc.string({ maxLength: 40 })),
})
const sealed = fc
  .record({ cell: anyCell, text: anyText })
  .map(({ cell, text }) => ({ cell, text, envelope: seal(ring, cell, new Secret(text)) }))

function refusalOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof SealError) return error.message
    throw error
  }
  throw new Error('It was not refused.')
}

test('what is sealed for a place opens there, and only there', () => {
  fc.assert(
    fc.property(sealed, anyCell, ({ cell, text, envelope }, other) => {
      expect(unseal(ring, cell, envelope).reveal()).toBe(text)
      fc.pre(cell.table !== other.table || cell.column !== other.column || cell.id !== other.id)
      const refusal = refusalOf(() => unseal(ring, other, envelope))
      expect(refusal).toContain('changed, moved')
    }),
  )
})

test('a sealed text with any bit flipped, cut short or added to is refused', () => {
  fc.assert(
    fc.property(sealed, fc.nat(), fc.nat(6), ({ cell, envelope }, position, bit) => {
      const index = position % envelope.length
      const flipped = String.fromCharCode(envelope.charCodeAt(index) ^ (1 << bit))
      refusalOf(() => unseal(ring, cell, envelope.slice(0, index) + flipped + envelope.slice(index + 1)))
      refusalOf(() => unseal(ring, cell, envelope.slice(0, index)))
      refusalOf(() => unseal(ring, cell, envelope + flipped))
    }),
    { numRuns: 1_000 },
  )
})

test('any text at all in the place of a sealed one is refused, whatever it looks like', () => {
  const part = fc.oneof(fc.constantFrom('v1', 'v2', 'new', '', '=', 'A'.repeat(16), 'A'.repeat(24)), anyText)
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), anyCell, (parts, cell) => {
      refusalOf(() => unseal(ring, cell, parts.join('.')))
    }),
  )
})

test('a refusal names the place and the key, and nothing of what is in it', () => {
  const cell: Cell = { table: 'letters', column: 'body', key: 'id', id: 'row-7' }
  const envelope = seal(ring, cell, new Secret('the-plain-text'))
  const lost = refusalOf(() => unseal(ringOf('other'), cell, envelope))
  expect(lost).toContain('letters.body of "row-7"')
  expect(lost).toContain('"new", which is not in MASTER_KEYS')
  const impostor = { ...ring, find: () => ringOf('other').first() }
  const moved = refusalOf(() => unseal(ring, { ...cell, id: 'row-8' }, envelope))
  for (const message of [lost, moved, refusalOf(() => unseal(impostor, cell, envelope))]) {
    expect(message).not.toContain('plain-text')
    expect(message).not.toContain(envelope.split('.')[3]!)
    expect(message).not.toContain(keyText('new').slice(4))
  }
})

test('the same secret never gives the same sealed text', () => {
  const cell: Cell = { table: 'letters', column: 'body', key: 'id', id: '1' }
  const texts = Array.from({ length: 100 }, () => seal(ring, cell, new Secret('same')))
  expect(new Set(texts.map((text) => text.split('.')[2])).size).toBe(100)
})

test('the first key seals, all open, and half a character is refused instead of changed', () => {
  const cell: Cell = { table: 'letters', column: 'body', key: 'id', id: '1' }
  const byOld = seal(ringOf('old'), cell, new Secret('of before'))
  expect(unseal(ring, cell, byOld).reveal()).toBe('of before')
  expect(seal(ring, cell, new Secret('now'))).toStartWith('v1.new.')
  expect(() => seal(ring, cell, new Secret('\ud83d'))).toThrow('half a character')
})

test('the sealed text is AES-256-GCM as another implementation knows it, with the place as additional data', async () => {
  const cell: Cell = { table: 'letters', column: 'body', key: 'id', id: 'row-7' }
  const [version, keyId, iv, text] = seal(ring, cell, new Secret('read elsewhere')).split('.')
  expect([version, keyId]).toEqual(['v1', 'new'])
  const key = await crypto.subtle.importKey(
    'raw',
    Buffer.from(keyText('new').slice('new:'.length), 'base64'),
    'AES-GCM',
    false,
    ['decrypt'],
  )
  const opened = await crypto.subtle.decrypt(
    {
      name: 'AES-GCM',
      iv: Buffer.from(iv!, 'base64url'),
      additionalData: new TextEncoder().encode('letters/row-7/body'),
      tagLength: 128,
    },
    key,
    Buffer.from(text!, 'base64url'),
  )
  expect(new TextDecoder().decode(opened)).toBe('read elsewhere')
})
