import { desc, eq } from 'drizzle-orm'
import { identities, sessions } from '#db/schema/accounts.ts'
import { projects, type Role, roles } from '#db/schema/projects.ts'
import { startSession } from '#src/accounts/sessions.ts'
import { operator } from '#src/audit/audit.ts'
import { newId } from '#src/ids.ts'
import { newApiKey } from '#src/projects/api-keys.ts'
import { ensureDemo } from '#src/projects/demo.ts'
import { invite } from '#src/projects/invitations.ts'
import { permissionNames } from '#src/projects/permissions.ts'
import { restoreProject } from '#src/projects/projects.ts'
import type { Person, TestApp } from '../harness.ts'
import { saveVersion } from '../material.ts'

export const PASSWORD = 'correct horse battery'
/** Of the least cost that there is: what a check costs stands in the hash. */
const PASSWORD_HASH = await Bun.password.hash(PASSWORD, {
  algorithm: 'argon2id',
  memoryCost: 8,
  timeCost: 1,
})

type Kind =
  | 'project'
  | 'person'
  | 'member'
  | 'session'
  | 'key'
  | 'invitation'
  | 'source'
  | 'passage'
  | 'document'
  | 'deletedDocument'
  | 'run'
  | 'cancelledRun'
  | 'job'
  | 'cancelledJob'
  | 'deadJob'
  | 'auditEntry'
  | 'alarm'

/** Ids of what a project and one of its people own: one of each kind. */
export type Ids = Record<Kind, string>

/** A project with one of everything in it, the person who asks, and what only they can know. */
export type Estate = {
  ids: Ids
  person: Person
  /** The address of a member who has a password. */
  memberEmail: string
  /** A key of the command line with every permission in the project. */
  key: string
  /** What the links in mails carry that invite into the team's project. */
  tokens: { invitation: string; ownInvitation: string }
}

type Asking = { role?: Role; demo?: boolean }

let estates = 0

/** Makes a project with another owner, and somebody in a role, an owner unless told, who is signed in by password. */
export async function makeEstate(
  app: TestApp,
  { role = 'owner', demo = false }: Asking = {},
): Promise<Estate> {
  const name = `n${++estates}`
  const project = demo ? await demoProject(app) : await makeProject(app, name)
  const membership = { projectId: project, role }
  const person = demo ? await demoPerson(app) : await signedIn(app, await app.person(name, membership))
  await app.person(`${name}-owner`, { projectId: project, role: 'owner' })
  const member = await app.person(`${name}-member`, { projectId: project, role: 'viewer' })
  await givePassword(app, member)
  const key = await app.keyWith(permissionNames, project)
  const content = await makeContent(app, project, key)
  const invited = (email: string, projectId = app.team.projectId) =>
    invite(app.db, { projectId, email, role: 'viewer', decides: roles }, operator)
  const invitation = await invited(`${name}-guest@example.com`, project)
  const own = await makeKey(app, person.userId, project)
  const entries = await app.call('GET', '/api/v1/audit', { key })
  return {
    ids: {
      ...content,
      project,
      person: person.userId,
      member: member.userId,
      session: await anotherSession(app, person, project),
      key: own,
      invitation: invitation.id,
      auditEntry: entries.body.items[0].id,
      // Alarms are no project's own: it stands for a place in their list.
      alarm: newId('alm'),
    },
    person,
    memberEmail: member.email,
    key,
    tokens: {
      invitation: (await invited(`${name}-guest@example.com`)).token,
      ownInvitation: (await invited(person.email)).token,
    },
  }
}

/** There is one for all: an earlier request may have archived it. */
async function demoProject(app: TestApp): Promise<string> {
  const { projectId } = await ensureDemo(app.db)
  await restoreProject(app.db, projectId, operator)
  return projectId
}

async function makeProject(app: TestApp, name: string): Promise<string> {
  const id = newId('prj')
  await app.db.insert(projects).values({ id, name, createdAt: Date.now() })
  return id
}

async function givePassword(app: TestApp, { userId }: Person) {
  const now = Date.now()
  await app.db.insert(identities).values({
    id: newId('idn'),
    userId,
    providerId: 'credential',
    accountId: userId,
    passwordHash: PASSWORD_HASH,
    createdAt: now,
    updatedAt: now,
  })
}

/** Gives somebody a password and signs them in with it, so that their cookie is signed as a browser's would be. */
async function signedIn(app: TestApp, person: Person): Promise<Person> {
  await givePassword(app, person)
  const { status, text, headers } = await app.call('POST', '/api/v1/auth/sign-in', {
    key: null,
    body: { email: person.email, password: PASSWORD },
    headers: { 'sec-fetch-site': 'same-origin', ...fromSomewhere() },
  })
  if (status !== 200) throw new Error(`${person.email} could not sign in: ${text}`)
  return { ...person, cookie: headers.getSetCookie()[0]!.split(';')[0]! }
}

let visitors = 0

/** An address that nobody asked from before, for an app that trusts one proxy: limits of addresses count apart. */
export const fromSomewhere = () => {
  const count = ++visitors
  return { 'x-forwarded-for': `10.${(count >> 16) & 255}.${(count >> 8) & 255}.${count & 255}` }
}

async function demoPerson(app: TestApp): Promise<Person> {
  const { headers } = await app.call('POST', '/api/v1/session', {
    key: null,
    body: { kind: 'demo' },
    headers: { 'sec-fetch-site': 'same-origin' },
  })
  const cookie = headers.getSetCookie()[0]!.split(';')[0]!
  const { user } = (await app.call('GET', '/api/v1/session', { key: null, headers: { cookie } })).body
  return { userId: user.id, name: user.name, email: user.email, cookie }
}

type Content = Omit<
  Ids,
  'project' | 'person' | 'member' | 'session' | 'key' | 'invitation' | 'auditEntry' | 'alarm'
>

async function makeContent(app: TestApp, project: string, key: string): Promise<Content> {
  const ask = async (method: string, path: string, body?: object) => {
    const headers = { 'idempotency-key': crypto.randomUUID() }
    const answer = await app.call(method, `/api/v1${path}`, { key, body, headers })
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`)
    return answer.body
  }
  const { id: source } = await ask('POST', '/sources', { kind: 'text', text: 'A few words of a talk.' })
  const passages = await ask('GET', `/sources/${source}/passages`)
  const [document, deletedDocument] = await Promise.all(
    [1, 2].map(async () => (await ask('POST', '/documents', { sourceIds: [source] })).id),
  )
  for (const text of ['# Title\n\n## One\n\nText.\n', '# Title\n\n## One\n\nOther text.\n'])
    await saveVersion(app, document, text, { member: { projectId: project } })
  await ask('DELETE', `/documents/${deletedDocument}`)
  const { run: cancelledRun } = await ask('POST', '/pipelines/generate_blog', { documentId: document })
  await ask('POST', `/runs/${cancelledRun.id}/cancel`)
  const { run } = await ask('POST', '/pipelines/generate_blog', { documentId: document })
  const step = { title: 'A title', markdown: 'Text.' }
  const { job } = await ask('POST', '/steps/seo.generate', step)
  const { job: cancelledJob } = await ask('POST', '/steps/seo.generate', step)
  await ask('POST', `/jobs/${cancelledJob.id}/cancel`)
  const { job: deadJob } = await ask('POST', '/steps/seo.generate', step)
  await app.db.rows(`UPDATE jobs SET state = 'dead', ready = 0, due_at = NULL WHERE id = ?`, [deadJob.id])
  return {
    source,
    passage: passages.items[0].id,
    document,
    deletedDocument,
    run: run.id,
    cancelledRun: cancelledRun.id,
    job: job.id,
    cancelledJob: cancelledJob.id,
    deadJob: deadJob.id,
  }
}

async function makeKey(app: TestApp, userId: string, projectId: string): Promise<string> {
  const { id, writes } = newApiKey(app.db, {
    userId,
    projectIds: [projectId],
    name: 'Of their own',
    scopes: ['documents:read'],
  })
  await app.db.batch(writes)
  return id
}

async function anotherSession(app: TestApp, { userId }: Person, projectId: string): Promise<string> {
  await startSession(app.db, { userId, projectId })
  const mine = eq(sessions.userId, userId)
  return (await app.db.select().from(sessions).where(mine).orderBy(desc(sessions.id)).get())!.id
}
