import { isDuplicate } from '#db/connect.ts'
import type { AppDeps } from '#src/app-deps.ts'
import { type Actor, audit } from '#src/audit/audit.ts'
import { AppError } from '#src/errors.ts'
import { SIGN_UPS_PER_ADDRESS } from '#src/limits/rate-limits.ts'
import { addressChanged, recoveryCodeUsed } from '#src/mail/messages.ts'
import { findInvitation } from '#src/projects/invitations.ts'
import { addressChangeIn, changeIdentifier } from './address-change.ts'
import type { Auth } from './auth.ts'
import { cookiesFromAuth, headersForAuth, SECOND_FACTOR_COOKIE, sessionToken } from './browser-cookies.ts'
import { callAuth } from './call-auth.ts'
import { endProofsOf } from './end-proofs.ts'
import { links } from './links.ts'
import { findPeople, findPersonByEmail } from './people.ts'
import { endSession, endSessionsOf } from './sessions.ts'
import { spendCode } from './spend-code.ts'
import { during } from './visit.ts'

type Visit = {
  request: Request
  address: string
  requestId: string
  set: { headers: Record<string, unknown> }
}
type SecondFactor = { method: 'totp' | 'recovery_code'; code: string; trustDevice?: boolean }
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
    if (!(error instanceof AppError) || !(await findPersonByEmail(deps.db, email))) throw error
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
    await internalAdapter.updatePassword(existing.id, hash)
    await internalAdapter.updateUser(existing.id, { name: person.name, emailVerified: true })
    return signIn(deps, { ...visit, body: { email, password: person.password } })
  }
  const proven = { name: person.name, email, emailVerified: true }
  const user = await during(visit, () =>
    internalAdapter.createUser(proven, { method: 'email-password' }).catch((error) => {
      throw isDuplicate(error, 'users.email') ? accountExists() : error
    }),
  )
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
  const headers = headersForAuth(visit.request, visit.address, deps.env.secureCookies)
  try {
    const { headers: answered, response } = await callAuth(
      api.signInEmail({ body: { email, password: body.password }, headers, returnHeaders: true }),
    )
    if ('twoFactorRedirect' in response) {
      setCookies(deps, visit, answered)
      return { next: 'two_factor' as const }
    }
    await tried.succeeded()
    return await enter(deps, visit, { headers: answered, user: response.user })
  } catch (error) {
    if (error instanceof AppError)
      setImmediate(() => void noteRefusal(deps, visit, { email, reason: 'password' }))
    throw error
  }
}

/** Finishes a sign-in with a code from the authenticator app, or one of the recovery codes. */
export async function verifySecondFactor(deps: AppDeps, { body, ...visit }: Visit & { body: SecondFactor }) {
  const auth = await deps.accounts.auth()
  const sent = headersForAuth(visit.request, visit.address, deps.env.secureCookies)
  const email = await awaited(deps, auth, sent)
  // A code is guessed as a password is: who has the password gets no further tries by it.
  const tried = email
    ? await deps.limits.signIn({ account: email, address: visit.address }, visit.set)
    : undefined
  try {
    const signed = await takeCode(deps, auth, { body, headers: sent })
    await tried?.succeeded()
    if (email && body.method === 'recovery_code')
      deps.post.send(email, recoveryCodeUsed({ at: Date.now(), link: links(deps.env).account() }))
    return await enter(deps, visit, signed)
  } catch (error) {
    if (error instanceof AppError && email)
      setImmediate(() => void noteRefusal(deps, visit, { email, reason: 'second_factor' }))
    throw error
  }
}

async function takeCode(
  { db }: AppDeps,
  auth: Auth,
  { body, headers }: { body: SecondFactor; headers: Headers },
): Promise<Signed> {
  const code = body.code.replaceAll(' ', '')
  const call = {
    body: { code, trustDevice: body.trustDevice ?? false },
    headers,
    returnHeaders: true,
  } as const
  const { headers: answered, response } =
    body.method === 'totp'
      ? await callAuth(auth.api.verifyTOTP(call))
      : await callAuth(auth.api.verifyBackupCode(call))
  if (body.method === 'totp' && !(await spendCode(auth, { userId: response.user.id, code }))) {
    if (response.token) await db.batch(endSession(db, response.token))
    throw new AppError('unauthenticated', 'This code was used already. Wait for the next one.')
  }
  return { headers: answered, user: response.user }
}

/** The address of the person whose code is waited for: the cookie that the password gave names them. */
async function awaited({ db }: AppDeps, auth: Auth, headers: Headers): Promise<string | undefined> {
  const cookie = new Bun.CookieMap(headers.get('cookie') ?? '').get(SECOND_FACTOR_COOKIE)
  if (!cookie) return undefined
  const { internalAdapter } = await auth.$context
  const pending = await internalAdapter.findVerificationValue(cookie.slice(0, cookie.lastIndexOf('.')))
  const userId = pending?.value ?? ''
  return (await findPeople(db, [userId])).get(userId)?.email
}

/**
 * Takes the link of a mail; a changed address ends every session. It signs nobody in: who began an account need not
 * be who reads the mails of its address.
 */
export async function confirmAddress(deps: AppDeps, { token, ...visit }: Visit & { token: string }) {
  const { accounts, db } = deps
  const { api, $context } = await accounts.auth()
  await spendChange(await $context, token)
  const response = await callAuth(
    api.verifyEmail({
      query: { token },
      headers: headersForAuth(visit.request, visit.address, deps.env.secureCookies),
    }),
  ).catch((error) => {
    if (!isDuplicate(error, 'users.email')) throw error
    throw new AppError('not_found', 'This link holds no more: another account has this address by now.')
  })
  // Only the link of a changed address answers with whose it is.
  const changed = (response as { user?: { id: string; name: string } | null } | undefined)?.user
  if (changed) {
    await db.batch([
      ...endSessionsOf(db, changed.id),
      endProofsOf(db, changed.id),
      audit(db, actorOf(visit, changed), 'email.changed', { target: changed.id }),
    ])
    tellOldAddress(deps, token)
  }
  return { next: 'sign_in' as const }
}

/** A change of address is waited for until it is made, or until the person ends what proves who they are. */
async function spendChange({ internalAdapter }: Awaited<Auth['$context']>, token: string) {
  if (addressChangeIn(token) && !(await internalAdapter.consumeVerificationValue(changeIdentifier(token))))
    throw new AppError('not_found', 'This link has expired or was used before. Ask for a new one.')
}

/** The link, which has proven sound, names the address that was. */
function tellOldAddress({ post }: AppDeps, token: string) {
  const change = addressChangeIn(token)
  if (change) post.send(change.email, addressChanged({ at: Date.now() }))
}

/** The new session in the place of the one that the browser had. */
async function enter(deps: AppDeps, visit: Visit, { headers, user }: Signed) {
  const { db, env } = deps
  const earlier = sessionToken(visit.request, env.secureCookies)
  if (earlier) await db.batch(endSession(db, earlier))
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
async function noteRefusal(
  { db, log }: AppDeps,
  { address, requestId }: Visit,
  { email, reason }: { email: string; reason: 'password' | 'second_factor' },
) {
  try {
    const user = await findPersonByEmail(db, email)
    if (user)
      await audit(
        db,
        { name: 'somebody', kind: 'person', userId: user.id, address, requestId },
        'session.refused',
        { target: user.id, details: { reason } },
      )
  } catch (err) {
    log.error({ err }, 'a refused sign-in could not be written down')
  }
}
