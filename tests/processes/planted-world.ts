import type { IdentityProvider } from '#tests/fakes/identity-provider.ts'
import { type Browser, openBrowser, type Site } from '../accounts/browser.ts'
import type { Place, Secrets } from './planting.ts'

/** A running program as the browsers of a test reach it, what it answered, and every secret of it that is known. */
export type World = Site & {
  idp: IdentityProvider
  /** Every answer so far, but for cookies and event streams. */
  answers: Place[]
  /** In no answer, in no mail, nowhere. */
  hidden: Secrets
  /** In one answer, which is how somebody learns of it, and nowhere else. */
  shown: Secrets
  /** In one mail, and nowhere else. */
  mailed: Secrets
  browser(name: string): Browser
}

export function openWorld(origin: string, idp: IdentityProvider, mails: () => World['mails']): World {
  const world: World = {
    idp,
    answers: [],
    hidden: {},
    shown: {},
    mailed: {},
    get mails() {
      return mails()
    },
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      const { headers, method, signal } = request
      const body = request.body ? await request.arrayBuffer() : undefined
      const sent = { method, headers, body, signal, redirect: 'manual' } as const
      const response = await fetch(origin + pathname + search, sent)
      const isStream = response.headers.get('content-type')?.includes('event-stream')
      if (!isStream) world.answers.push(await recordOf(`${method} ${pathname}`, response.clone()))
      return response
    },
    browser: (name) => watched(world, name),
  }
  return world
}

async function recordOf(name: string, response: Response): Promise<Place> {
  const headers = [...response.headers].filter(([header]) => header !== 'set-cookie')
  const text = `${headers.map((pair) => pair.join(': ')).join('\n')}\n\n${await response.text()}`
  return { name: `the answer to ${name}`, bytes: Buffer.from(text) }
}

/** A browser each of whose cookies is a secret from the moment it gets it. */
function watched(world: World, name: string): Browser {
  const browser = openBrowser(world)
  return {
    ...browser,
    async call(...args) {
      const answer = await browser.call(...args)
      for (const [cookie, value] of browser.cookies)
        for (const part of partsOf(cookie, value))
          world.hidden[`${cookie} of ${name}, ${part.slice(0, 4)}…`] = part
      return answer
    },
  }
}

/** A cookie as it is, its token and its signature; the state of a sign-in by a provider travels in addresses too. */
function partsOf(cookie: string, value: string): string[] {
  const [token, signature] = decodeURIComponent(value).split('.')
  return [value, cookie.endsWith('state') ? undefined : token, signature].filter((part) => part !== undefined)
}
