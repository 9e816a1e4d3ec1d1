import { isDuplicate } from '#db/connect.ts'
import type { AppDeps } from '#src/app-deps.ts'
import { type Actor, audit } from '#src/audit/audit.ts'
import { AppError } from '#src/errors.ts'
import { SIGN_UPS_PER_ADDRESS } from '#src/limits/rate-limits.ts'
import { addressChanged } from '#src/mail/messages.ts'
import { findInvitation } from '#src/projects/invitations.ts'
import { cookiesFromAuth, headersForAuth, sessionToken } from './browser-cookies.ts'
import { callAuth } from './call-auth.ts'
import { endProofsOf } from './end-proofs.ts'
import { findPersonByEmail } from './people.ts'
import { endSession, endSessionsOf } from './sessions.ts'
import { spendCode } from './spend-code.ts'
import { during } from './visit.ts'

type Visit = {
  request: Request
  address: string
  requestId: string
  set: { headers: Record<string, unknown> }
}
type Signed = { headers: Headers; user: { id: string; name: string } }

/** Makes an account. Without an invitation it says the same whether or not there is one of this address already. */
export async function signUp(
  deps: AppDeps,
  {
    body,
    ...visit
  }: Visit & { body: { name: string; email: string; password: string; invitation?: string } },
) {
  const { accounts, env, limits } = deps
  await limits.take(SIGN_UPS_PER_ADDRESS, visit.address, visit.set)
  const { invitation, ...person } = body
  if (invitation) return signUpInvited(deps, { ...visit, person, invitation })
  if (env.signUp === 'invited')
    throw new AppError('forbidden', 'Accounts are made by invitation here: open the link in your invitation.')
  const email = person.email.toLowerCase()
  const { api } = await accounts.auth()
  try {
    await during(visit, () => callAuth(api.signUpEmail({ body: { ...person, email } })))
  } catch (error) {
    // Somebody signed up with this address while the password was hashed: as if it had been before.
    if (!(await findPersonByEmail(deps.db, email))) throw error
  }
  return { next: 'confirm' as const }
}

/** Who holds the link of an invitation has the address: it needs no second mail. */
async function signUpInvited(
  deps: AppDeps,
  {
    person,
    invitation,
    ...visit
  }: Visit & { person: { name: string; email: string; password: string }; invitation: string },
) {
  const { db, accounts } = deps
  const { email } = await findInvitation(db, invitation)
  if (email !== person.email.toLowerCase())
    throw new AppError('forbidden', `This invitation is for ${email}. Sign up with that address.`)
  const existing = await findPersonByEmail(db, email)
  if (existing?.emailVerified) throw accountExists()
  const { internalAdapter, password } = await (await accounts.auth()).$context
  const hash = await password.hash(person.password)
  if (existing) {
    // Begun by whoever typed the address and never confirmed: the link is the proof, so it is theirs now.
    await internalAdapter.updateUser(existing.id, { name: person.name, emailVerified: true })
    await internalAdapter.updatePassword(existing.id, hash)
    return signIn(deps, { ...visit, body: { email, password: person.password } })
  }
  const user = await internalAdapter
    .createUser({ name: person.name, email, emailVerified: true }, { method: 'email-password' })
    .catch((error) => {
      throw isDuplicate(error, 'users.email') ? accountExists() : error
    })
  await internalAdapter.linkAccount({
    userId: user.id,
    providerId: 'credential',
    accountId: user.id,
    password: hash,
  })
  return signIn(deps, { ...visit, body: { email, password: person.password } })
}

const accountExists = () =>
  new AppError('conflict', 'There is an account of this address. Sign in to accept the invitation.')

/** Signs in with a password. Each try is counted, and the answer is the same for an account that does not exist. */
export async function signIn(
  deps: AppDeps,
  { body, ...visit }: Visit & { body: { email: string; password: string } },
) {
  const { accounts, limits } = deps
  const email = body.email.toLowerCase()
  const tried = await limits.signIn({ account: email, address: visit.address }, visit.set)
  const { api } = await accounts.auth()
  const headers = headersForAuth(visit.request, visit.address)
  try {
    const { headers: answered, response } = await callAuth(
      api.signInEmail({ body: { email, password: body.password }, headers, returnHeaders: true }),
    )
    await tried.succeeded()
    if ('twoFactorRedirect' in response) {
      setCookies(deps, visit, answered)
      return { next: 'two_factor' as const }
    }
    return await enter(deps, visit, { headers: answered, user: response.user })
  } catch (error) {
    if (error instanceof AppError) setImmediate(() => void noteRefusal(deps, visit, email))
    throw error
  }
}

/** Finishes a sign-in with a code from the authenticator app, or one of the recovery codes. */
export async function verifySecondFactor(
  deps: AppDeps,
  {
    body,
    ...visit
  }: Visit & { body: { method: 'totp' | 'recovery_code'; code: string; trustDevice?: boolean } },
) {
  const auth = await deps.accounts.auth()
  const code = body.code.replaceAll(' ', '')
  const call = {
    body: { code, trustDevice: body.trustDevice ?? false },
    headers: headersForAuth(visit.request, visit.address),
    returnHeaders: true,
  } as const
  const { headers, response } =
    body.method === 'totp'
      ? await callAuth(auth.api.verifyTOTP(call))
      : await callAuth(auth.api.verifyBackupCode(call))
  if (body.method === 'totp' && !(await spendCode(auth, { userId: response.user.id, code }))) {
    if (response.token) await endSession(deps.db, response.token)
    throw new AppError('unauthenticated', 'This code was used already. Wait for the next one.')
  }
  return enter(deps, visit, { headers, user: response.user })
}

/**
 * Takes the link of a mail; a changed address ends every session. It signs nobody in: who began an account need not
 * be who reads the mails of its address.
 */
export async function confirmAddress(deps: AppDeps, { token, ...visit }: Visit & { token: string }) {
  const { accounts, db } = deps
  const { api } = await accounts.auth()
  const response = await callAuth(
    api.verifyEmail({ query: { token }, headers: headersForAuth(visit.request, visit.address) }),
  ).catch((error) => {
    if (!isDuplicate(error, 'users.email')) throw error
    throw new AppError('not_found', 'This link holds no more: another account has this address by now.')
  })
  // Only the link of a changed address answers with whose it is.
  const changed = (response as { user?: { id: string; name: string } | null } | undefined)?.user
  if (changed) {
    await db.batch([
      endSessionsOf(db, changed.id),
      endProofsOf(db, changed.id),
      audit(db, actorOf(visit, changed), 'email.changed', { target: changed.id }),
    ])
    await tellOldAddress(deps, token)
  }
  return { next: 'sign_in' as const }
}

/** The link, which has proven sound, names the address that was. */
async function tellOldAddress({ post }: AppDeps, token: string) {
  const { decodeJwt } = await import('jose')
  const { email } = decodeJwt<{ email: string }>(token)
  post.send(email, addressChanged({ at: Date.now() }))
}

/** The new session in the place of the one that the browser had. */
async function enter(deps: AppDeps, visit: Visit, { headers, user }: Signed) {
  const { db, env } = deps
  const earlier = sessionToken(visit.request, env.secureCookies)
  if (earlier) await endSession(db, earlier)
  await audit(db, actorOf(visit, user), 'session.started', { target: user.id })
  setCookies(deps, visit, headers)
  return { next: 'done' as const }
}

function setCookies({ env }: AppDeps, { set }: Visit, headers: Headers) {
  set.headers['set-cookie'] = cookiesFromAuth(headers, env.secureCookies)
}

const actorOf = ({ address, requestId }: Visit, user: { id: string; name: string }): Actor => ({
  userId: user.id,
  name: user.name,
  kind: 'person',
  address,
  requestId,
})

/** Behind the answer, which must not take longer for an account that exists. */
async function noteRefusal({ db, log }: AppDeps, { address, requestId }: Visit, email: string) {
  try {
    const user = await findPersonByEmail(db, email)
    if (user)
      await audit(
        db,
        { name: 'somebody', kind: 'person', userId: user.id, address, requestId },
        'session.refused',
        {
          target: user.id,
        },
      )
  } catch (err) {
    log.error({ err }, 'a refused sign-in could not be written down')
  }
}
