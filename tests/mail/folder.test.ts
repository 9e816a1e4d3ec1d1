import { afterAll, describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { readEml, writeEml } from '#src/mail/eml.ts'
import { KEPT_MAX, mailFolder } from '#src/mail/folder.ts'

const FROM = { name: 'Quill für alle', address: 'quill@localhost' }
const MAIL = { to: 'anna@example.org', subject: 'Confirm', text: 'Hello.\n' }

const root = mkdtempSync(join(tmpdir(), 'quill-mail-'))
let folders = 0
const newFolder = () => join(root, `data-${++folders}`, 'mail')
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('mails in a folder', () => {
  test('are there to read, newest first, each with the links on lines of their own', async () => {
    const folder = mailFolder(newFolder(), FROM)
    const text = 'See https://inline.example here.\n\nFollow:\nhttps://quill.example/join?a=1&b=2\n'
    await folder.send({ ...MAIL, text, html: '<p>See</p>' })
    await folder.send({ ...MAIL, subject: 'Grüße 東京' })
    const [newer, older] = await folder.list()
    expect(newer).toMatchObject({ to: MAIL.to, subject: 'Grüße 東京', links: [] })
    const links = ['https://quill.example/join?a=1&b=2']
    expect(await folder.read(older!.id)).toMatchObject({ to: MAIL.to, subject: MAIL.subject, text, links })
    expect(Math.abs(older!.date.getTime() - Date.now())).toBeLessThan(60_000)
  })

  test('can be read by nobody but their owner, even in a folder that was open before', async () => {
    const path = newFolder()
    const folder = mailFolder(path, FROM)
    await folder.send(MAIL)
    const [file] = readdirSync(path)
    expect(statSync(path).mode & 0o777).toBe(0o700)
    expect(statSync(join(path, file!)).mode & 0o777).toBe(0o600)
  })

  test(`are kept to the newest ${KEPT_MAX}, however many are sent at once`, async () => {
    const path = newFolder()
    const folder = mailFolder(path, FROM)
    for (let round = 0; round < 3; round++)
      await Promise.all(
        Array.from({ length: 80 }, (_, index) => folder.send({ ...MAIL, subject: `${round}-${index}` })),
      )
    await folder.send({ ...MAIL, subject: 'last' })
    const mails = await folder.list()
    expect(mails.length).toBe(KEPT_MAX)
    expect(mails[0]!.subject).toBe('last')
    expect(readdirSync(path).length).toBe(KEPT_MAX)
  })

  test('are none before the first is sent, and nothing else is read as one', async () => {
    const path = newFolder()
    const folder = mailFolder(path, FROM)
    expect(await folder.list()).toEqual([])
    expect(existsSync(path)).toBe(false)
    await folder.send(MAIL)
    writeFileSync(join(path, '..', 'secret.eml'), 'To: x\r\n\r\nsecret')
    writeFileSync(join(path, 'notes.txt'), 'mine')
    writeFileSync(join(path, 'draft.eml'), 'mine')
    expect((await folder.list()).length).toBe(1)
    for (const id of ['../secret', '..%2fsecret', 'draft', '', '.', '00000000-0000-0000-0000-000000000000'])
      expect(await folder.read(id)).toBeUndefined()
  })

  test('are refused when address or subject would begin a line of its own', async () => {
    const path = newFolder()
    const folder = mailFolder(path, FROM)
    for (const fault of [
      { to: 'anna@example.org\r\nBcc: eve@example.org' },
      { to: 'anna@example.org, eve@example.org' },
      { subject: 'Confirm\nBcc: eve@example.org' },
      { subject: 'Confirm\r' },
      { subject: 'x'.repeat(301) },
      { subject: '' },
    ])
      await expect(folder.send({ ...MAIL, ...fault })).rejects.toMatchObject({ kind: 'invalid_request' })
    expect(existsSync(path)).toBe(false)
  })
})

test('an independent reader finds in a file what Quill finds, whatever the text', async () => {
  const line = fc.constantFrom(
    '',
    '.',
    '--',
    '--x--',
    'From me',
    'To: eve',
    'Subject: x',
    'Grüße 東京',
    'boundary="x"',
    ' ',
  )
  const body = fc
    .tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom('\n', '\r\n', '\r'))
    .map(([lines, end]) => `Hello${end}${lines.join(end)}${end}.`)
  await fc.assert(
    fc.asyncProperty(body, fc.option(body, { nil: undefined }), async (text, html) => {
      const file = writeEml({ ...MAIL, subject: 'Grüße 東京', text, html }, FROM, new Date(0))
      const [ours, theirs] = [readEml(file), await PostalMime.parse(file)]
      expect(ours).toMatchObject({ to: MAIL.to, subject: 'Grüße 東京', text: text.replace(/\r\n?/g, '\n') })
      expect(theirs).toMatchObject({ subject: ours.subject, from: FROM, to: [{ address: ours.to }] })
      expect(theirs.text!.trimEnd()).toBe(ours.text.trimEnd())
      expect(new Date(theirs.date!)).toEqual(ours.date)
      expect(theirs.html?.trimEnd()).toBe(html?.replace(/\r\n?/g, '\n').trimEnd())
    }),
  )
})

test('a file of development shows its links as they are, to whoever opens it', async () => {
  const path = newFolder()
  const link = `https://quill.example/invitations/${'x'.repeat(120)}?a=1&b=2`
  await mailFolder(path, FROM).send({ ...MAIL, text: `Follow:\n${link}\n` })
  expect(readFileSync(join(path, readdirSync(path)[0]!), 'utf8')).toContain(`\r\n${link}\r\n`)
})
