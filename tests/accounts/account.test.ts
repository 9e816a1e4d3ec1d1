import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { identities, sessions, users } from '#db/schema/accounts.ts'
import { auditLog } from '#db/schema/audit.ts'
import { apiKeys, members } from '#db/schema/projects.ts'
import { codeOf } from '../harness.ts'
import { addDocument } from '../material.ts'
import {
  actionsOf,
  isSignedIn,
  linkTo,
  mailsTo,
  openApp,
  openBrowser,
  PASSWORD,
  signIn,
  signUp,
  thiefOf,
} from './browser.ts'

test('a name can be changed, and others see the new one', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  await ada.call('POST', '/api/v1/projects', { name: 'Engines' })
  expect((await ada.call('PATCH', '/api/v1/account', { name: ' Ada L. ' })).body.name).toBe('Ada L.')
  const { body } = await ada.call('GET', '/api/v1/members')
  expect(body.items).toMatchObject([{ name: 'Ada L.', role: 'owner' }])
  expect((await ada.call('PATCH', '/api/v1/account', { email: 'eve@example.com' })).status).toBe(422)
})

test('an address changes once the new one is confirmed; then every session ends and the old one is told', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  const other = openBrowser(app)
  await signIn(other, ada.email)
  const change = (password: string) =>
    ada.call('POST', '/api/v1/account/email', { email: 'Countess@Example.com', password })
  expect(codeOf(await change('not the password'))).toEqual({ status: 403, code: 'forbidden' })
  expect((await change(PASSWORD)).status).toBe(202)
  expect((await ada.call('GET', '/api/v1/account')).body.email).toBe(ada.email)
  expect(mailsTo(app, ada.email, /address of your account was changed/)).toBe(0)

  const token = await linkTo(app, 'countess@example.com', /Confirm/)
  expect((await openBrowser(app).call('POST', '/api/v1/auth/confirm', { token })).body).toEqual({
    next: 'sign_in',
  })
  expect([await isSignedIn(ada), await isSignedIn(other)]).toEqual([false, false])
  expect(mailsTo(app, ada.email, /address of your account was changed/)).toBe(1)
  expect((await signIn(openBrowser(app), ada.email)).status).toBe(401)
  expect((await signIn(ada, 'countess@example.com')).status).toBe(200)
  expect(await actionsOf(ada)).toContain('email.changed')

  const again = await openBrowser(app).call('POST', '/api/v1/auth/confirm', { token })
  expect(codeOf(again)).toEqual({ status: 404, code: 'not_found' })
  expect(await isSignedIn(ada)).toBe(true)
})

test('an address that is taken is not told to be, and is not taken over', async () => {
  await using app = await openApp()
  const [ada, eve] = [await signUp(app, 'Ada'), await signUp(app, 'Eve')]
  const ask = (email: string) => eve.call('POST', '/api/v1/account/email', { email, password: PASSWORD })
  const [taken, free] = [await ask(ada.email), await ask('new@example.com')]
  expect([taken.status, taken.text]).toEqual([free.status, free.text])
  expect(mailsTo(app, ada.email, /Confirm/)).toBe(1)
  // Taken in the meantime: the link that was sent before wins nothing.
  await app.db.update(users).set({ email: 'new@example.com' }).where(eq(users.id, ada.userId))
  const token = await linkTo(app, 'new@example.com', /Confirm/)
  const answer = await openBrowser(app).call('POST', '/api/v1/auth/confirm', { token })
  expect(codeOf(answer)).toEqual({ status: 404, code: 'not_found' })
  expect((await eve.call('GET', '/api/v1/account')).body.email).toBe(eve.email)
})

test("the link of a changed address does not sign another person's browser in or out", async () => {
  await using app = await openApp()
  const [ada, eve] = [await signUp(app, 'Ada'), await signUp(app, 'Eve')]
  await ada.call('POST', '/api/v1/account/email', { email: 'new@example.com', password: PASSWORD })
  const token = await linkTo(app, 'new@example.com', /Confirm/)
  expect(codeOf(await eve.call('POST', '/api/v1/auth/confirm', { token }))).toEqual({
    status: 403,
    code: 'forbidden',
  })
  expect((await eve.call('GET', '/api/v1/account')).body.email).toBe(eve.email)
})

test('a deleted account leaves nothing to sign in with, and what was made stays with the project', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  const { projectId } = app.team
  await app.db
    .insert(members)
    .values({ projectId, userId: ada.userId, role: 'writer', createdAt: Date.now() })
  await app.person('Olga', { role: 'owner' })
  const made = await ada.call('POST', '/api/v1/account/api-keys', {
    name: 'Mine',
    projectIds: [projectId],
    scopes: ['documents:read', 'documents:write', 'sources:write'],
  })
  const key = made.body.text as string
  const { id } = await addDocument(app, { key })
  const thief = thiefOf(app, ada)

  const remove = (password?: string) => ada.call('POST', '/api/v1/account/delete', { password })
  for (const wrong of [undefined, 'not the password'])
    expect(codeOf(await remove(wrong))).toEqual({ status: 403, code: 'forbidden' })
  expect((await remove(PASSWORD)).status).toBe(204)

  expect([await isSignedIn(thief), ada.cookies.size]).toEqual([false, 0])
  expect((await app.call('GET', '/api/v1/documents', { key })).status).toBe(401)
  expect((await signIn(openBrowser(app), ada.email)).status).toBe(401)
  expect((await app.call('GET', `/api/v1/documents/${id}`)).status).toBe(200)
  for (const [table, column] of [
    [sessions, sessions.userId],
    [identities, identities.userId],
    [members, members.userId],
    [apiKeys, apiKeys.userId],
  ] as const)
    expect(await app.db.$count(table, eq(column, ada.userId))).toBe(0)
  expect(await app.db.$count(auditLog, eq(auditLog.action, 'account.deleted'))).toBe(1)
})

test('the only owner of a project hands it over or archives it before the account goes', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  const project = (await ada.call('POST', '/api/v1/projects', { name: 'Engines' })).body
  const remove = () => ada.call('POST', '/api/v1/account/delete', { password: PASSWORD })
  expect(codeOf(await remove())).toEqual({ status: 409, code: 'conflict' })
  expect(await isSignedIn(ada)).toBe(true)
  const heir = await app.person('Heir', { role: 'owner', projectId: project.id })
  expect((await remove()).status).toBe(204)
  expect((await app.call('GET', '/api/v1/members', { as: heir })).body.items).toHaveLength(1)

  const ben = await signUp(app, 'Ben')
  await ben.call('POST', '/api/v1/projects', { name: 'Over' })
  const end = () => ben.call('POST', '/api/v1/account/delete', { password: PASSWORD })
  expect(codeOf(await end())).toEqual({ status: 409, code: 'conflict' })
  await ben.call('POST', '/api/v1/project/archive')
  expect((await end()).status).toBe(204)
})
