import { ConfigError } from '#src/env.ts'
import { isLoopback } from '#src/loopback.ts'

const DEFAULT_PORTS: Record<string, number> = { 'smtp:': 587, 'smtps:': 465 }
const SHAPE =
  'SMTP_URL must be `smtp://user:password@host:587` or `smtps://user:password@host`, ' +
  'with special characters in user and password percent-encoded.'

export type SmtpServer = {
  host: string
  port: number
  encryption: 'tls' | 'starttls' | 'none'
  auth?: { user: string; pass: string }
}

/**
 * Reads the address of a mail server. `smtps` speaks TLS from the first byte; `smtp` turns to it with
 * STARTTLS before anything is said, except on this machine or where `?starttls=off` says so (`on` for this
 * machine). Throws ConfigError, which never repeats what was read: it holds a password.
 */
export function readSmtpUrl(text: string): SmtpServer {
  const url = URL.parse(text)
  const port = url && (Number(url.port) || DEFAULT_PORTS[url.protocol])
  if (
    !url ||
    !port ||
    !/^([\w.-]+|\[[\da-f:.]+\])$/i.test(url.hostname) ||
    !/^\/?$/.test(url.pathname) ||
    url.hash
  )
    throw new ConfigError([SHAPE])
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return { host, port, encryption: readEncryption(url, host), ...readAuth(url) }
}

function readEncryption({ protocol, searchParams }: URL, host: string): SmtpServer['encryption'] {
  const { starttls = isLoopback(host) ? 'off' : 'on', ...others } = Object.fromEntries(searchParams)
  if (!['on', 'off'].includes(starttls) || Object.keys(others).length)
    throw new ConfigError(['SMTP_URL takes one option, `?starttls=on` or `?starttls=off`.'])
  if (protocol === 'smtp:') return starttls === 'on' ? 'starttls' : 'none'
  if (searchParams.size) throw new ConfigError(['SMTP_URL takes no option with `smtps://`.'])
  return 'tls'
}

function readAuth({ username, password }: URL): Pick<SmtpServer, 'auth'> {
  if (!username && !password) return {}
  const [user, pass] = [decode(username), decode(password)]
  if (!user || !pass) throw new ConfigError([SHAPE])
  return { auth: { user, pass } }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
