import { Elysia, t } from 'elysia'
import type { AppDeps } from '#src/app-deps.ts'
import { audit } from '#src/audit/audit.ts'
import { listActivity } from '#src/audit/audit-list.ts'
import { AuditEntry } from '#src/audit/schemas.ts'
import { documented } from '#src/documented.ts'
import { tellProjectsOf } from '#src/jobs/events.ts'
import { MAILS_PER_RECIPIENT } from '#src/limits/rate-limits.ts'
import { passwordChanged } from '#src/mail/messages.ts'
import { pageOf, pageQuery } from '#src/paging.ts'
import { access } from '#src/projects/access.ts'
import { getAccount, proveItsYou, renameAccount, unlinkIdentity } from './account.ts'
import { cookiesFromAuth, headersForAuth, sessionCookie } from './browser-cookies.ts'
import { callAuth } from './call-auth.ts'
import { deleteAccount } from './delete-account.ts'
import { endProofsOf } from './end-proofs.ts'
import { links } from './links.ts'
import { Account, AccountSession, email, newPassword, password, personName, providerName } from './schemas.ts'
import { endSessionsOf, listSessions, revokeSession } from './sessions.ts'

const closed = { additionalProperties: false }
const done = { success: { 204: t.Undefined() } }

/** What a person does with their own account. */
export const accountRoutes = (deps: AppDeps) => {
  const { accounts, db, env, limits, post } = deps
  return new Elysia({ name: 'account', prefix: '/account', tags: ['Account'] })
    .use(access(deps))
    .get('', ({ person }) => getAccount(db, person.userId), {
      person: 'account',
      ...documented('getAccount', 'Your account', { success: { 200: Account } }),
    })
    .patch(
      '',
      async ({ person, body, actor }) => {
        await renameAccount(db, person.userId, body.name.trim(), actor())
        return getAccount(db, person.userId)
      },
      {
        person: 'account',
        body: t.Object({ name: personName }, closed),
        ...documented('renameAccount', 'Change your name', { success: { 200: Account } }),
      },
    )
    .post(
      '/password',
      async ({ person, body, request, set, actor, status }) => {
        const { api } = await accounts.auth()
        const headers = headersForAuth(request, actor().address, env.secureCookies)
        await proveItsYou(deps, { person, password: body.current, request, set })
        if (body.current === undefined)
          await callAuth(api.setPassword({ body: { newPassword: body.new }, headers }))
        // A first password is changed to itself: that ends the sessions of before in the same way.
        const { headers: answered } = await callAuth(
          api.changePassword({
            body: {
              currentPassword: body.current ?? body.new,
              newPassword: body.new,
              revokeOtherSessions: true,
            },
            headers,
            returnHeaders: true,
          }),
        )
        set.headers['set-cookie'] = cookiesFromAuth(answered, env.secureCookies) as never
        await db.batch([
          endProofsOf(db, person.userId),
          tellProjectsOf(db, person.userId),
          audit(db, actor(), 'password.changed', { target: person.userId }),
        ])
        post.send(person.email, passwordChanged({ at: Date.now(), link: links(env).forgotten() }))
        return status(204, undefined)
      },
      {
        person: 'account',
        body: t.Object({ current: t.Optional(password), new: newPassword }, closed),
        ...documented('changePassword', 'Change your password; every other session ends', {
          ...done,
          errors: ['conflict'],
        }),
      },
    )
    .post(
      '/email',
      async ({ person, body, request, set, actor, status }) => {
        await proveItsYou(deps, { person, password: body.password, request, set })
        await limits.take(MAILS_PER_RECIPIENT, body.email, set)
        const { api } = await accounts.auth()
        const headers = headersForAuth(request, actor().address, env.secureCookies)
        await callAuth(api.changeEmail({ body: { newEmail: body.email.toLowerCase() }, headers }))
        return status(202, { next: 'confirm' as const })
      },
      {
        person: 'account',
        body: t.Object({ email, password: t.Optional(password) }, closed),
        ...documented('changeEmail', 'Change your address: a mail with a link goes to the new one', {
          success: { 202: t.Object({ next: t.Literal('confirm') }) },
        }),
      },
    )
    .post(
      '/delete',
      async ({ person, body, request, set, actor, status }) => {
        await proveItsYou(deps, { person, password: body.password, request, set })
        await deleteAccount(db, person.userId, actor())
        set.headers['set-cookie'] = sessionCookie('', { secure: env.secureCookies, maxAge: 0 })
        return status(204, undefined)
      },
      {
        person: 'account',
        body: t.Object({ password: t.Optional(password) }, closed),
        ...documented('deleteAccount', 'Delete your account; what you made stays with its projects', {
          ...done,
          errors: ['conflict'],
        }),
      },
    )
    .get('/sessions', async ({ person }) => ({ items: await listSessions(db, person) }), {
      person: 'account',
      ...documented('listSessions', 'List where you are signed in', {
        success: { 200: t.Object({ items: t.Array(AccountSession) }) },
      }),
    })
    .delete(
      '/sessions',
      async ({ person, actor, status }) => {
        await db.batch([
          ...endSessionsOf(db, person.userId, person.sessionId),
          endProofsOf(db, person.userId),
          audit(db, actor(), 'sessions.ended', { target: person.userId }),
        ])
        return status(204, undefined)
      },
      {
        person: 'account',
        ...documented('endOtherSessions', 'Sign out everywhere else', done),
      },
    )
    .delete(
      '/sessions/:id',
      async ({ person, params, actor, status }) => {
        await revokeSession(
          db,
          person.userId,
          params.id,
          audit(db, actor(), 'session.ended', { target: params.id }),
        )
        return status(204, undefined)
      },
      {
        person: 'account',
        params: t.Object({ id: t.String({ description: 'A session, `ses_…`.' }) }),
        ...documented('endSession', 'Sign out in one place', done),
      },
    )
    .post(
      '/identities/:provider',
      async ({ params, request, set, actor }) => {
        const { api } = await accounts.auth()
        const { headers, response } = await callAuth(
          api.linkSocialAccount({
            body: {
              provider: params.provider,
              disableRedirect: true,
              callbackURL: `${env.publicUrl}/account`,
              errorCallbackURL: `${env.publicUrl}/account`,
            },
            headers: headersForAuth(request, actor().address, env.secureCookies),
            returnHeaders: true,
          }),
        )
        set.headers['set-cookie'] = cookiesFromAuth(headers, env.secureCookies) as never
        return { url: response.url }
      },
      {
        person: 'account',
        params: t.Object({ provider: providerName }),
        ...documented('linkIdentity', 'Begin to link your account at GitHub or Google', {
          success: { 200: t.Object({ url: t.String() }) },
          errors: ['unavailable'],
        }),
      },
    )
    .delete(
      '/identities/:provider',
      async ({ person, params, actor, status }) => {
        await unlinkIdentity(db, person.userId, params.provider, actor())
        return status(204, undefined)
      },
      {
        person: 'account',
        params: t.Object({ provider: providerName }),
        ...documented('unlinkIdentity', 'Unlink your account at GitHub or Google', {
          ...done,
          errors: ['conflict'],
        }),
      },
    )
    .get('/activity', ({ person, query }) => listActivity(db, person.userId, query), {
      person: 'account',
      query: t.Object(pageQuery, closed),
      ...documented('listActivity', 'What was done as you, the latest first', {
        success: { 200: pageOf(AuditEntry) },
      }),
    })
}
