import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'

/** A certificate for `localhost`, with its key. */
export const LOCALHOST_PEM = readFileSync(join(import.meta.dir, 'localhost.pem'), 'utf8')

export type ReceivedMail = {
  from: string
  to: string[]
  /** Whether it came over TLS. */
  secure: boolean
  user: string | undefined
  raw: string
  mail: Email
}

type Moment = 'connect' | 'sender' | 'recipient' | 'data'

type Options = {
  /** How the server speaks TLS; `none` offers no STARTTLS. */
  security?: 'none' | 'starttls' | 'tls'
  /** The only password it knows; without one it offers no authentication. */
  password?: string
  /** What to answer to one connection after the other, at which moment; then, and for undefined, all is well. */
  replies?: ({ at: Moment; code: number | 'hang' } | undefined)[]
}

export type FakeSmtpServer = AsyncDisposable & {
  port: number
  /** What it accepted, and all that it was given, with what it refused in the end. */
  received: ReceivedMail[]
  offered: ReceivedMail[]
  /** One entry for each connection: the passwords it was told. */
  connections: { passwords: string[] }[]
}

/**
 * A mail server on this machine that keeps what it receives. Protocol and parser are those of `smtp-server` and
 * `postal-mime`, so that it reads what any server would.
 */
export async function fakeSmtpServer(options: Options = {}): Promise<FakeSmtpServer> {
  const { security = 'none', password, replies = [] } = options
  const received: ReceivedMail[] = []
  const offered: ReceivedMail[] = []
  const connections: FakeSmtpServer['connections'] = []
  const numbers = new Map<string, number>()

  const answer = (at: Moment, session: SMTPServerSession, callback: (error?: Error) => void) => {
    const reply = replies[numbers.get(session.id)!]
    if (reply?.at !== at) return callback()
    if (reply.code !== 'hang')
      callback(Object.assign(new Error('Told to refuse.'), { responseCode: reply.code }))
  }

  const server = new SMTPServer({
    key: LOCALHOST_PEM,
    cert: LOCALHOST_PEM,
    secure: security === 'tls',
    disabledCommands: [
      ...(security === 'starttls' ? [] : ['STARTTLS']),
      ...(password === undefined ? ['AUTH'] : []),
    ],
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 0,
    onConnect(session, callback) {
      numbers.set(session.id, connections.push({ passwords: [] }) - 1)
      answer('connect', session, callback)
    },
    onAuth(auth, session, callback) {
      connections[numbers.get(session.id)!]!.passwords.push(auth.password ?? '')
      if (auth.password === password) callback(null, { user: auth.username })
      else callback(new Error(`The password ${auth.password} is wrong.`))
    },
    onMailFrom: (_address, session, callback) => answer('sender', session, callback),
    onRcptTo: (_address, session, callback) => answer('recipient', session, callback),
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', async () => {
        const mail = await readReceived(Buffer.concat(chunks), session)
        offered.push(mail)
        answer('data', session, (error) => {
          if (!error) received.push(mail)
          callback(error)
        })
      })
    },
  })
  // A client that hangs up on a certificate is no fault of the server.
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    offered,
    connections,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function readReceived(raw: Buffer, session: SMTPServerSession): Promise<ReceivedMail> {
  const { mailFrom, rcptTo } = session.envelope
  return {
    from: mailFrom ? mailFrom.address : '',
    to: rcptTo.map(({ address }) => address),
    secure: session.secure,
    user: session.user,
    raw: raw.toString(),
    mail: await PostalMime.parse(raw),
  }
}
