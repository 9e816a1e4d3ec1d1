const SETTING = 'quill-wanted'
const NOT_WANTED = new Set([
  '/',
  '/sign-in',
  '/sign-up',
  '/forgot-password',
  '/reset-password',
  '/two-factor',
])

/** Keeps the address of the page, for this tab, until somebody has signed in. Only ever an address of our own. */
export function rememberPlace() {
  const { pathname, search, hash } = location
  if (!NOT_WANTED.has(pathname)) sessionStorage.setItem(SETTING, pathname + search + hash)
}

/** Where somebody wanted to go before they signed in; forgotten when it is read. */
export function takePlace(): string | undefined {
  const place = sessionStorage.getItem(SETTING)
  sessionStorage.removeItem(SETTING)
  // An address that begins with two slashes would be one of another host.
  return place?.replace(/^[/\\]+/, '/')
}
