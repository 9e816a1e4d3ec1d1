import { expect, test } from 'bun:test'
import { headersForAuth } from '#src/accounts/browser-cookies.ts'
import { linkTo, openApp, openBrowser, PASSWORD, signIn, signUp, thiefOf } from './browser.ts'

test('behind HTTPS nothing sees a cookie that a neighbour of ours may have set', () => {
  const request = new Request('https://quill.example', {
    headers: { cookie: 'quill_session=eve; __Host-quill_session=ada; quill.two_factor=eve; theme=dark' },
  })
  expect(headersForAuth(request, undefined, true).get('cookie')).toBe('quill_session=ada')
})

test('a change of address that a thief began ends with the password it began with', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  const thief = thiefOf(app, ada)
  const theirs = 'thief@example.com'
  await thief.call('POST', '/api/v1/account/email', { email: theirs, password: PASSWORD })
  const token = await linkTo(app, theirs, /Confirm/)
  await ada.call('POST', '/api/v1/account/password', { current: PASSWORD, new: 'another good password' })
  expect((await openBrowser(app).call('POST', '/api/v1/auth/confirm', { token })).status).toBe(404)
  expect((await signIn(openBrowser(app), ada.email, 'another good password')).body.next).toBe('done')
})

test('a change of address is made by its link, once', async () => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  await ada.call('POST', '/api/v1/account/email', { email: 'new@example.com', password: PASSWORD })
  const token = await linkTo(app, 'new@example.com', /Confirm/)
  const confirm = () => openBrowser(app).call('POST', '/api/v1/auth/confirm', { token })
  expect([(await confirm()).status, (await confirm()).status]).toEqual([200, 404])
  expect((await signIn(openBrowser(app), 'new@example.com')).body.next).toBe('done')
})
