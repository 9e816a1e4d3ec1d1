import { afterAll, afterEach, expect, setSystemTime, test } from 'bun:test'
import { desc, eq } from 'drizzle-orm'
import { type TOTP, URI } from 'otpauth'
import { auditLog } from '#db/schema/audit.ts'
import { resetByOperator } from '#src/accounts/reset-by-operator.ts'
import { type AuditAction, auditActions } from '#src/audit/audit.ts'
import { startIdentityProvider } from '#tests/fakes/identity-provider.ts'
import {
  type Browser,
  linkTo,
  openApp,
  openBrowser,
  PASSWORD,
  signIn,
  signUp,
  type Visitor,
} from '../accounts/browser.ts'
import { type TestApp, until } from '../harness.ts'

const ORIGIN = 'http://localhost'
const NEW_PASSWORD = 'a better password'

const idp = startIdentityProvider([`${ORIGIN}/api/v1/auth/callback/github`])
afterEach(() => void setSystemTime())
afterAll(() => idp[Symbol.asyncDispose]())

/** What a provocation has at hand: the owner of a project who does it, and somebody else. */
type Scene = { app: TestApp; ada: Visitor; eve: Visitor; projectId: string; secrets: string[] }
type Provoke = (scene: Scene) => Promise<unknown>

async function joinEve({ app, ada, eve, secrets }: Scene, role = 'writer') {
  const { body } = await ada.call('POST', '/api/v1/invitations', { email: eve.email, role })
  secrets.push(body.link.split('#')[1])
  await eve.call('POST', '/api/v1/invitations/accept', { token: body.link.split('#')[1] })
  return app
}

async function makeKey({ ada, projectId, secrets }: Scene): Promise<string> {
  const body = { name: 'Mine', projectIds: [projectId], scopes: ['documents:read'] }
  const answer = await ada.call('POST', '/api/v1/account/api-keys', body)
  secrets.push(answer.body.text)
  return answer.body.key.id
}

async function turnOn({ ada, secrets }: Scene) {
  const { body } = await ada.call('POST', '/api/v1/account/two-factor', { password: PASSWORD })
  secrets.push(body.secret, ...body.recoveryCodes)
  const code = (URI.parse(body.uri) as TOTP).generate()
  await ada.call('POST', '/api/v1/account/two-factor/confirm', { code })
}

async function link(browser: Browser) {
  const { body } = await browser.call('POST', '/api/v1/account/identities/github')
  const back = await idp.consent(body.url)
  await browser.call('GET', back.slice(ORIGIN.length))
}

const invite = ({ ada }: Scene) =>
  ada.call('POST', '/api/v1/invitations', { email: 'new@example.com', role: 'viewer' })

/** How each action of the log comes about; one that is missing here does not compile. */
const provocations: Record<AuditAction, Provoke> = {
  'account.created': async () => {},
  'account.deleted': ({ eve }) => eve.call('POST', '/api/v1/account/delete', { password: PASSWORD }),
  'account.renamed': ({ ada }) => ada.call('PATCH', '/api/v1/account', { name: 'Ada L.' }),
  'account.reset_by_operator': async ({ app, ada, secrets }) => {
    const link = await resetByOperator(app.deps, { email: ada.email, twoFactor: true })
    secrets.push(link.split('#')[1]!)
  },
  'email.changed': async ({ app, ada, secrets }) => {
    await ada.call('POST', '/api/v1/account/email', { email: 'new@example.com', password: PASSWORD })
    const token = await linkTo(app, 'new@example.com', /Confirm/)
    secrets.push(token)
    await openBrowser(app).call('POST', '/api/v1/auth/confirm', { token })
  },
  'password.changed': ({ ada }) =>
    ada.call('POST', '/api/v1/account/password', { current: PASSWORD, new: NEW_PASSWORD }),
  'password.reset': async ({ app, ada, secrets }) => {
    await ada.call('POST', '/api/v1/auth/password-reset', { email: ada.email })
    const token = await linkTo(app, ada.email, /Reset/)
    secrets.push(token)
    await ada.call('POST', '/api/v1/auth/password-reset/confirm', { token, password: NEW_PASSWORD })
  },
  'two_factor.enabled': turnOn,
  'two_factor.disabled': async (scene) => {
    await turnOn(scene)
    await scene.ada.call('POST', '/api/v1/account/two-factor/disable', { password: PASSWORD })
  },
  'two_factor.recovery_codes_made': async (scene) => {
    await turnOn(scene)
    const { body } = await scene.ada.call('POST', '/api/v1/account/two-factor/recovery-codes', {
      password: PASSWORD,
    })
    scene.secrets.push(...body.recoveryCodes)
  },
  'identity.linked': ({ ada }) => link(ada),
  'identity.unlinked': async ({ ada }) => {
    await link(ada)
    await ada.call('DELETE', '/api/v1/account/identities/github')
  },
  'session.started': ({ app, ada }) => signIn(openBrowser(app), ada.email),
  'session.refused': ({ app, ada }) => signIn(openBrowser(app), ada.email, NEW_PASSWORD),
  'session.ended': ({ ada }) => ada.call('DELETE', '/api/v1/session'),
  'sessions.ended': ({ ada }) => ada.call('DELETE', '/api/v1/account/sessions'),
  'project.created': ({ ada }) => ada.call('POST', '/api/v1/projects', { name: 'Another' }),
  'project.renamed': ({ ada }) => ada.call('PATCH', '/api/v1/project', { name: 'New' }),
  'project.archived': ({ ada }) => ada.call('POST', '/api/v1/project/archive'),
  'project.restored': async ({ ada }) => {
    await ada.call('POST', '/api/v1/project/archive')
    await ada.call('POST', '/api/v1/project/restore')
  },
  'member.joined': joinEve,
  'member.role_changed': async (scene) => {
    await joinEve(scene)
    await scene.ada.call('PATCH', `/api/v1/members/${scene.eve.userId}`, { role: 'admin' })
  },
  'member.removed': async (scene) => {
    await joinEve(scene)
    await scene.ada.call('DELETE', `/api/v1/members/${scene.eve.userId}`)
  },
  'member.left': async (scene) => {
    await joinEve(scene)
    await scene.eve.call('POST', `/api/v1/projects/${scene.projectId}/leave`)
  },
  'invitation.created': invite,
  'invitation.revoked': async (scene) => {
    const { body } = await invite(scene)
    await scene.ada.call('DELETE', `/api/v1/invitations/${body.id}`)
  },
  'api_key.created': makeKey,
  'api_key.rotated': async (scene) => {
    const id = await makeKey(scene)
    const { body } = await scene.ada.call('POST', `/api/v1/account/api-keys/${id}/rotate`, {})
    scene.secrets.push(body.text)
  },
  'api_key.revoked': async (scene) => {
    await scene.ada.call('DELETE', `/api/v1/account/api-keys/${await makeKey(scene)}`)
  },
  'audit_log.exported': ({ ada }) => ada.call('GET', '/api/v1/audit/export'),
}

const AT_THE_COMMAND_LINE = { principalKind: 'command_line', address: null, requestId: null }
const BY_A_PERSON = {
  principalKind: 'person',
  address: expect.stringMatching(/^198\.18\./),
  requestId: expect.stringMatching(/./),
}
const PROJECT_ACTIONS = /^(project|member|invitation|api_key|audit_log)\./

test.each(Object.keys(auditActions) as AuditAction[])(
  '%s is written down, with who, from where and in which request, and without a secret',
  async (action) => {
    await using app = await openApp(idp.settings)
    const [ada, eve] = [await signUp(app, 'Ada'), await signUp(app, 'Eve')]
    const { id: projectId } = (await ada.call('POST', '/api/v1/projects', { name: 'Engines' })).body
    const secrets = [PASSWORD, NEW_PASSWORD]
    const cookies = [...ada.cookies.values(), ...eve.cookies.values()]
    const count = () => app.db.$count(auditLog, eq(auditLog.action, action))
    const before = action === 'account.created' ? 0 : await count()
    await provocations[action]({ app, ada, eve, projectId, secrets })
    await until(`${action} is written`, async () => (await count()) > before)

    const [entry] = await app.db
      .select()
      .from(auditLog)
      .where(eq(auditLog.action, action))
      .orderBy(desc(auditLog.id))
    const isEves = ['account.created', 'account.deleted', 'member.joined', 'member.left'].includes(action)
    expect(entry).toMatchObject({
      userId: isEves ? eve.userId : ada.userId,
      ...(action === 'account.reset_by_operator' ? AT_THE_COMMAND_LINE : BY_A_PERSON),
      ...(PROJECT_ACTIONS.test(action)
        ? { projectId: action === 'project.created' ? entry!.target : projectId }
        : {}),
    })
    const log = JSON.stringify(await app.db.select().from(auditLog))
    for (const secret of [...secrets, ...cookies]) expect(log).not.toContain(secret)
  },
)
