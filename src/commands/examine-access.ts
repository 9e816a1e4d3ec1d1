import { peek } from '#db/inspect.ts'
import { examineProvider } from '#src/accounts/examine-providers.ts'
import { type IdentityProviderName, identityProviders } from '#src/accounts/identity-providers.ts'
import { ConfigError, type Env } from '#src/env.ts'
import { readMailSettings } from '#src/mail/mailer.ts'
import { problemOfSmtp } from '#src/mail/smtp.ts'
import { openKeyRing } from '#src/secrets/key-ring.ts'
import { findLostSecrets } from '#src/secrets/lost-secrets.ts'
import { attempt, type Finding } from './finding.ts'
import { adviceOnLinks } from './print-link.ts'

const PROVIDER_NAMES: Record<IdentityProviderName, string> = { github: 'GitHub', google: 'Google' }

/** The keys that encrypt stored secrets, and whether they open what `database` holds, where there is one. */
export async function examineKeys(env: Env, { database }: { database: boolean }): Promise<Finding[]> {
  const what = 'Master keys'
  const [findings, detail] = await attempt(what, async () => {
    const ring = openKeyRing(env)
    const lost = database ? await peek(env.databaseUrl, (db) => findLostSecrets(db, ring)) : []
    if (lost.length) throw new ConfigError(lost)
    const { length } = ring.all()
    return length ? `${ring.source}, ${length}` : `${ring.source}, made at the first start`
  })
  return detail ? [{ what, detail }] : findings
}

/** Who may come in, and whether the identity providers that are set up answer. */
export async function examineSignIn(env: Env): Promise<Finding[]> {
  const [findings, providers] = await attempt('Sign-in', () => identityProviders(env))
  if (!providers) return findings
  const who = env.signUp === 'open' ? 'open to everybody' : 'by invitation'
  const detail = `${['password', ...providers.names].join(', ')}; new accounts ${who}`
  const asked = providers.names.map(async (name): Promise<Finding> => {
    const { address, problem } = await examineProvider(name, env)
    return { what: `Sign-in by ${PROVIDER_NAMES[name]}`, problem, detail: address }
  })
  return [{ what: 'Sign-in', detail }, ...(await Promise.all(asked))]
}

/** Where people reach this installation. */
export function examineAddress(env: Env): Finding {
  const advice = adviceOnLinks(env)
  const detail = `${env.publicUrl}; links in mails lead there`
  return { what: 'Address', detail: advice ? `${detail}. ${advice}` : detail }
}

export async function examineMail(env: Env): Promise<Finding[]> {
  const what = 'Mail'
  const [findings, settings] = await attempt(what, () => readMailSettings(env))
  if (!settings) return findings
  const { server } = settings
  if (server) return [{ what, problem: await problemOfSmtp(server), detail: `by ${server.host}` }]
  return [{ what, detail: 'kept in the folder `mail` of DATA_DIR; set SMTP_URL to send it' }]
}
