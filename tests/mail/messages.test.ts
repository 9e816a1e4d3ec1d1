import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { Parser } from 'htmlparser2'
import markdownIt from 'markdown-it'
import { checkMail } from '#src/mail/mail.ts'
import * as messages from '#src/mail/messages.ts'

const LINK = 'https://quill.example/invitations/abc?token=t_1&next=%2F'
const AT = Date.UTC(2026, 10, 29, 18, 14)

const every = (name: string, link = LINK) => ({
  invitation: messages.invitation({
    inviter: name,
    project: name,
    role: 'reviewer',
    link,
    expiresAt: AT,
  }),
  passwordReset: messages.passwordReset({ link, minutes: 60 }),
  addressConfirmation: messages.addressConfirmation({ link, minutes: 1440 }),
  addressChanged: messages.addressChanged({ at: AT }),
  passwordChanged: messages.passwordChanged({ at: AT, link }),
  twoFactorOn: messages.twoFactorChanged({ on: true, at: AT, link }),
  twoFactorOff: messages.twoFactorChanged({ on: false, at: AT, link }),
  apiKeyCreated: messages.apiKeyCreated({ name, at: AT, link }),
})

const hostileName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc
    .array(
      fc.constantFrom(
        ...['<b>', '</p>', '<script>', '"', "'", '”', '&amp;', '&', '\r\n', '\n\n', '\u2028', '\0', '\ud800'],
        ...[
          'https://evil.example/',
          'http://1.2.3.4',
          '//evil.example',
          'www.evil.com',
          'evil.com',
          'a@evil.com',
        ],
        ...['mailto:a@b.com', '\u202e', '\u2066', '\u200b', '.', '/', ':', '@', ' ', 'Ana', '東京', '👩‍🚀'],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
)

describe('the mails say what they are for', () => {
  for (const [name, { subject, text, html }] of Object.entries(every('Docs')))
    test(`${name} is plain, short, and says the same in both texts`, () => {
      checkMail({ to: 'anna@example.org', subject, text })
      expect(subject + text).not.toMatch(/!|undefined|Invalid/)
      expect(text.length).toBeLessThan(600)
      expect(wordsOf(html)).toBe(text.replaceAll(`:\n${LINK}`, '').split(/\s+/).join(' ').trim())
      if (name !== 'addressChanged') expect(text).toContain(`\n${LINK}\n`)
    })

  test('an invitation says who invites, to what, as what, and until when', () => {
    const { subject, text } = messages.invitation({
      inviter: 'Anna Meyer',
      project: 'Engineering blog',
      role: 'reviewer',
      link: LINK,
      expiresAt: AT,
    })
    expect(subject).toBe('Invitation to “Engineering blog”')
    expect(text).toBe(
      [
        '“Anna Meyer” invites you to work on “Engineering blog” in Quill. Your role there: reviewer.',
        `Accept the invitation:\n${LINK}`,
        'The link works once, for this address, until 29 November 2026 at 18:14 UTC.',
        'Did you not expect this? Then leave it alone, and nothing happens.\n',
      ].join('\n\n'),
    )
  })

  test('a length of time is said in the unit that people think in', () => {
    const lengthIn = (minutes: number) =>
      /within (.*)\./.exec(messages.passwordReset({ link: LINK, minutes }).text)![1]
    expect([1, 15, 60, 90, 120, 2880].map(lengthIn)).toEqual([
      'one minute',
      '15 minutes',
      '60 minutes',
      '90 minutes',
      '2 hours',
      '48 hours',
    ])
  })
})

describe('names that people chose stay what they are', () => {
  const plain = every('Docs')
  const kinds = Object.keys(plain) as (keyof typeof plain)[]
  const linkify = markdownIt({ linkify: true }).linkify

  test('no name changes the structure of a mail, in HTML or in text', () => {
    fc.assert(
      fc.property(hostileName, (name) => {
        const mails = every(name)
        for (const kind of kinds) {
          expect(structureOf(mails[kind].html)).toEqual(structureOf(plain[kind].html))
          expect(mails[kind].text.split('\n').length).toBe(plain[kind].text.split('\n').length)
          expect(mails[kind].text.split(/[“”]/).length).toBe(plain[kind].text.split(/[“”]/).length)
          checkMail({ to: 'anna@example.org', subject: mails[kind].subject, text: '' })
        }
      }),
      { numRuns: 300 },
    )
  })

  test('no name becomes a link: a mail links to where Quill leads, and nowhere else', () => {
    fc.assert(
      fc.property(hostileName, (name) => {
        for (const { text } of Object.values(every(name))) {
          const links = (linkify.match(text) ?? []).map(({ url }) => url)
          expect(links.filter((url) => url !== LINK)).toEqual([])
        }
      }),
      { numRuns: 300 },
    )
  })

  test('a name of words is left as it is, and a long one is cut', () => {
    const textFor = (name: string) => messages.apiKeyCreated({ name, at: AT, link: LINK }).text
    expect(textFor('CI on main, Zoë’s laptop')).toContain('“CI on main, Zoë’s laptop”')
    expect(textFor('東'.repeat(100))).toContain(`“${'東'.repeat(59)}…”`)
  })
})

describe('links stay links', () => {
  test('no path or query of a link breaks out of its attribute or its line', () => {
    const piece = fc.constantFrom('"', "'", '<', '>', '&', ' ', '\n', '\r', '#', '?', '=', 'ü', '\u2028', 'a')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const link = `https://quill.example/join?token=${pieces.join('')}`
        const { text, html } = messages.passwordReset({ link, minutes: 60 })
        const url = new URL(link).href
        expect(structureOf(html)).toEqual(structureOf(every('Docs').passwordReset.html, url))
        expect(text.split('\n')).toContain(url)
      }),
    )
  })

  test('a link that runs something is refused', () => {
    for (const link of ['javascript:alert(1)', 'data:text/html,x', '/relative', ''])
      expect(() => messages.passwordReset({ link, minutes: 60 })).toThrow()
  })
})

type Node = { tag: string; attributes: Record<string, string> }

/** Every element with its attributes as a browser would see them; the link's own address where another is expected. */
function structureOf(html: string, link?: string): Node[] {
  const nodes: Node[] = []
  const parser = new Parser({
    onopentag: (tag, attributes) =>
      nodes.push({ tag, attributes: link && attributes.href ? { ...attributes, href: link } : attributes }),
    oncomment: (comment) => nodes.push({ tag: `comment ${comment}`, attributes: {} }),
  })
  parser.end(html)
  return nodes
}

/** The words that somebody reads. */
function wordsOf(html: string): string {
  let words = ''
  let isBody = false
  const parser = new Parser({
    onopentag: (tag) => {
      isBody ||= tag === 'body'
    },
    ontext: (text) => {
      if (isBody) words += text
    },
  })
  parser.end(html)
  return words.split(/\s+/).join(' ').trim()
}
