import { expect, test } from 'bun:test'
import {
  type Browser,
  linkTo,
  openApp,
  openBrowser,
  PASSWORD,
  signIn,
  signUp,
  thiefOf,
  type Visitor,
} from '../accounts/browser.ts'
import { request, type TestApp, until } from '../harness.ts'
import { readFrames } from '../jobs/listening.ts'

const NEW_PASSWORD = 'a better password'

/** What a person has at hand: two browsers of theirs, of which the `other` one listens too. */
type Scene = { app: TestApp; ada: Visitor; other: Browser }

const post = (browser: Browser, path: string, body: object) => browser.call('POST', `/api/v1${path}`, body)

/** Ways to end sessions, and whether that of the browser in which it is done ends as well. */
const endings: Record<string, { endsOwn: boolean; end: (scene: Scene) => Promise<unknown> }> = {
  'signing out in that browser': {
    endsOwn: false,
    end: ({ app, other }) => thiefOf(app, other).call('DELETE', '/api/v1/session'),
  },
  'signing in anew in that browser': {
    endsOwn: false,
    end: ({ app, other, ada }) => signIn(thiefOf(app, other), ada.email),
  },
  'ending that session': {
    endsOwn: false,
    async end({ ada }) {
      const { items } = (await ada.call('GET', '/api/v1/account/sessions')).body
      const { id } = items.find(({ current }: { current: boolean }) => !current)
      await ada.call('DELETE', `/api/v1/account/sessions/${id}`)
    },
  },
  'ending all other sessions': {
    endsOwn: false,
    end: ({ ada }) => ada.call('DELETE', '/api/v1/account/sessions'),
  },
  'changing the password': {
    endsOwn: true,
    end: ({ ada }) => post(ada, '/account/password', { current: PASSWORD, new: NEW_PASSWORD }),
  },
  'resetting the password': {
    endsOwn: true,
    async end({ app, ada }) {
      await post(openBrowser(app), '/auth/password-reset', { email: ada.email })
      const token = await linkTo(app, ada.email, /Reset/)
      await post(openBrowser(app), '/auth/password-reset/confirm', { token, password: NEW_PASSWORD })
    },
  },
  'deleting the account': {
    endsOwn: true,
    end: ({ ada }) => post(ada, '/account/delete', { password: PASSWORD }),
  },
}

test.each(Object.entries(endings))('event streams end at once with %s', async (_, { endsOwn, end }) => {
  await using app = await openApp()
  const ada = await signUp(app, 'Ada')
  const { id } = (await post(ada, '/projects', { name: 'Engines' })).body
  await app.person('Olga', { role: 'owner', projectId: id })
  const other = openBrowser(app)
  await signIn(other, ada.email)
  const listen = async (browser: Browser) => {
    const headers = { cookie: browser.cookie(), 'quill-project': id }
    return readFrames(await app.fetch(request('GET', '/api/v1/events', { key: null, headers })))
  }
  await using ofOther = await listen(other)
  await using ofAda = await listen(ada)
  await until('both listen', () => app.hub.size() === 2)
  await end({ app, ada, other })
  // It hears why, and then nothing more.
  expect((await ofOther.events(100)).map(({ event }) => event)).toContain('members.updated')
  if (endsOwn) expect((await ofAda.events(100)).length).toBeGreaterThan(0)
  else expect(app.hub.size()).toBe(1)
})
