import { expect, test } from 'bun:test'
import { createRequire } from 'node:module'
import fc from 'fast-check'
import { EMAIL_PATTERN, isEmailAddress } from '#src/email-address.ts'

/** The copy that the engine of sign-in checks with. */
const { z } = createRequire(import.meta.resolve('better-auth'))('zod') as {
  z: { email(): { safeParse(text: string): { success: boolean } } }
}

const taken = [
  'ada@example.com',
  'Anna.B+quill_2@sub.example.com',
  "o'hara@example.com",
  'a-b@xn--bcher-kva.example',
  '1@2.co',
]

const refused = [
  ...['', 'a', '@b.co', 'a@', 'a@b', 'a@b@c.co', 'a@b.co,c@d.co', 'a@b.co;c@d.co', 'a b@c.co'],
  ...['Ana <a@b.co>', '<a@b.co>', 'a@b.co\n', 'a\r\n@b.co', '"a b"@c.co', '"a@b"@c.co', 'a@b.co (x)'],
  ...['a@[127.0.0.1]', 'a@127.0.0.1', '.a@b.co', 'a.@b.co', "a'@b.co", 'a..b@c.co', 'a@b..co', 'a@b.co.'],
  ...['a@-b.co', 'a@b-.co', 'a@b.-c.co', 'a@b.c', 'a\0@b.co', 'a\u202e@b.co', 'a\u200b@b.co', 'a@b.co\u2028'],
  ...['a%b\\@c.co', 'müller@example.de', 'a@bücher.example', '李@例え.jp', `a@${'b.'.repeat(130)}co`],
]

test('one plain address is taken, and nothing that some program reads as two, or as another', () => {
  for (const address of taken) expect({ address, ok: isEmailAddress(address) }).toEqual({ address, ok: true })
  for (const address of refused)
    expect({ address, ok: isEmailAddress(address) }).toEqual({ address, ok: false })
})

test('whatever is taken, the engine of sign-in takes as well: nobody gets an account they cannot enter', () => {
  const near = fc
    .array(fc.constantFrom(...'aZ0_+', "'", '-', '.', '.', 'é', '@', 'com'), { maxLength: 20 })
    .map((parts) => parts.join(''))
  const address = fc.oneof(fc.stringMatching(new RegExp(EMAIL_PATTERN)), near)
  const engine = z.email()
  fc.assert(
    fc.property(address, (text) => !isEmailAddress(text) || engine.safeParse(text).success),
    { numRuns: 500 },
  )
})
