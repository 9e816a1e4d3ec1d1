/** The cookie that carries a session's token, and behind it the signature that better-auth adds. */
export const SESSION_COOKIE = 'quill_session'
/** The cookie that carries a sign-in which waits for its code; better-auth's, by the prefix in auth.ts. */
export const SECOND_FACTOR_COOKIE = 'quill.two_factor'
/** By which our own routes hand the address of a client to better-auth; never read from a request. */
export const ADDRESS_HEADER = 'x-quill-address'
const HOST_PREFIX = '__Host-'

/** The session token a browser sent. Behind HTTPS only the cookie that is bound to the host counts. */
export function sessionToken(request: Request, secure: boolean): string | undefined {
  const header = request.headers.get('cookie')
  if (!header?.includes(SESSION_COOKIE)) return undefined
  const value = new Bun.CookieMap(header).get(nameOf(secure))
  return value?.split('.')[0] || undefined
}

/** The cookie of a session that goes on, so that the browser keeps it as long as the session lasts. */
export function prolongedCookie(request: Request, { secure, maxAge }: { secure: boolean; maxAge: number }) {
  const value = new Bun.CookieMap(request.headers.get('cookie') ?? '').get(nameOf(secure)) ?? ''
  return sessionCookie(value, { secure, maxAge })
}

/** A cookie with the session's token, or without, which ends it in the browser. */
export function sessionCookie(
  token: string,
  { secure, maxAge }: { secure: boolean; maxAge: number },
): string {
  return new Bun.Cookie(nameOf(secure), token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure,
    maxAge,
  }).serialize()
}

/**
 * What better-auth may know of a request: its cookies under the names it gave them, its browser, its address. Behind
 * HTTPS only the cookies that are bound to the host: any other may be set by a neighbour of ours.
 */
export function headersForAuth(request: Request, address: string | undefined, secure: boolean): Headers {
  const headers = new Headers()
  const cookies = (request.headers.get('cookie') ?? '').split(/; */).filter(Boolean)
  const ours = secure
    ? cookies.filter((each) => each.startsWith(HOST_PREFIX)).map((each) => each.slice(HOST_PREFIX.length))
    : cookies
  if (ours.length) headers.set('cookie', ours.join('; '))
  const agent = request.headers.get('user-agent')
  if (agent) headers.set('user-agent', agent)
  if (address) headers.set(ADDRESS_HEADER, address)
  return headers
}

/** The cookies better-auth set, as a browser behind HTTPS takes them: bound to the host and never sent in the clear. */
export function cookiesFromAuth(headers: Headers, secure: boolean): string[] {
  const cookies = headers.getSetCookie()
  return secure ? cookies.map((cookie) => `${HOST_PREFIX}${cookie}; Secure`) : cookies
}

const nameOf = (secure: boolean) => (secure ? HOST_PREFIX : '') + SESSION_COOKIE
