import type { Role } from '#db/schema/projects.ts'
import type { CallOptions } from '../harness.ts'
import { type Estate, PASSWORD } from './estate.ts'
import { addressOf, type Operation } from './operations.ts'

/** A request that its operation allows and, to whoever may ask, answers with success. */
export type Example = {
  /** The parameters in the path. */
  at?: Record<string, string>
  query?: Record<string, string>
  body?: unknown
  /** What whoever may ask is answered, where it is not the first success that is documented. */
  status?: number | number[]
  /** The only role that it is granted to, for what a handler decides and no permission tells. */
  only?: Role
}

type Row = (estate: Estate) => Example | Example[]

const chapter = (passage: string) => ({ key: 'one', heading: 'One', words: 100, passageIds: [passage] })
const outline = (passage: string) => ({
  title: 'A title',
  language: 'en',
  summary: { markdown: '', citations: [] },
  sections: [chapter(passage)],
})
const section = { key: 'one', heading: 'One', markdown: 'Text.', citations: [] }
const step = (body: object): Example => ({ body, status: 202 })
const queries = (...all: Record<string, string>[]): Example[] => all.map((query) => ({ query }))
const plain: Row = () => ({})
const withPassword: Row = () => ({ body: { password: PASSWORD } })
const at =
  (name: keyof Estate['ids'], rest: Omit<Example, 'at'> = {}): Row =>
  ({ ids }) => ({
    at: { id: ids[name] },
    ...rest,
  })
const atVersion: Row = ({ ids }) => ({ at: { id: ids.document, number: '1', to: '2' } })
/** No provider is configured: who asks for one is let in, and told so. */
const noProvider: Row = () => ({ at: { provider: 'github' }, status: 404 })

/**
 * A row for every operation, whose ids are all from one estate; several requests where ids can stand in several
 * places. What changes an estate is sent once to each.
 */
export const examples: Record<string, Row> = {
  live: plain,
  ready: plain,
  about: plain,
  getRights: plain,
  // Nothing keeps mails where the tests run.
  listMail: () => ({ status: 404 }),
  getMail: () => ({ at: { id: 'one' }, status: 404 }),

  getSession: plain,
  openDemo: () => ({ body: { kind: 'demo' } }),
  closeSession: plain,
  chooseProject: ({ ids }) => ({ body: { projectId: ids.project } }),
  signUp: ({ ids }) => ({
    body: { name: 'New', email: `${ids.person}@example.com`, password: PASSWORD },
  }),
  confirmAddress: () => ({ body: { token: 'none' }, status: 404 }),
  signIn: ({ memberEmail }) => ({ body: { email: memberEmail, password: PASSWORD } }),
  verifySecondFactor: () => ({ body: { method: 'totp', code: '123456' }, status: [401, 409] }),
  requestPasswordReset: ({ memberEmail }) => ({ body: { email: memberEmail } }),
  resetPassword: () => ({ body: { token: 'none', password: PASSWORD }, status: 404 }),
  startProviderSignIn: noProvider,
  finishProviderSignIn: () => ({ at: { provider: 'github' } }),
  lookAtInvitation: ({ tokens }) => ({ body: { token: tokens.invitation } }),

  getAccount: plain,
  renameAccount: () => ({ body: { name: 'Ada' } }),
  changePassword: () => ({ body: { current: PASSWORD, new: `${PASSWORD}, and more` } }),
  changeEmail: ({ ids }) => ({ body: { email: `${ids.person}@example.org`, password: PASSWORD } }),
  deleteAccount: withPassword,
  listSessions: plain,
  endOtherSessions: plain,
  endSession: at('session'),
  linkIdentity: noProvider,
  unlinkIdentity: noProvider,
  listActivity: ({ ids }) => ({ query: { cursor: cursorAt(ids.auditEntry) } }),
  beginTwoFactor: withPassword,
  confirmTwoFactor: () => ({ body: { code: '123456' }, status: 409 }),
  disableTwoFactor: () => ({ body: { password: PASSWORD }, status: 409 }),
  makeRecoveryCodes: () => ({ body: { password: PASSWORD }, status: 409 }),
  listApiKeys: plain,
  createApiKey: ({ ids }) => ({
    body: { name: 'Ours', projectIds: [ids.project], scopes: ['documents:read'] },
  }),
  rotateApiKey: at('key', { body: {} }),
  revokeApiKey: at('key'),

  listProjects: plain,
  createProject: () => ({ body: { name: 'New' } }),
  leaveProject: at('project'),
  transferProject: ({ ids }) => ({ at: { id: ids.project }, body: { userId: ids.member }, only: 'owner' }),
  getProject: plain,
  renameProject: () => ({ body: { name: 'Renamed' } }),
  archiveProject: plain,
  restoreProject: plain,
  listMembers: plain,
  changeRole: at('member', { body: { role: 'writer' } }),
  removeMember: at('member'),
  listInvitations: plain,
  invite: ({ ids }) => ({ body: { email: `${ids.member}@example.com`, role: 'viewer' } }),
  revokeInvitation: at('invitation'),
  acceptInvitation: ({ tokens }) => ({ body: { token: tokens.ownInvitation } }),
  listProjectApiKeys: plain,
  revokeProjectApiKey: at('key'),
  listAlarms: ({ ids }) => queries({ state: 'cleared' }, { cursor: cursorAt(ids.alarm) }),
  listAudit: ({ ids }) =>
    queries({ userId: ids.person }, { target: ids.invitation }, { cursor: cursorAt(ids.auditEntry) }),
  exportAudit: ({ ids }) => queries({ userId: ids.person }, { target: ids.invitation }),

  addSource: () => ({ body: { kind: 'text', text: 'Words.' } }),
  listSources: ({ ids }) => ({ query: { cursor: cursorAt(ids.source) } }),
  getSource: at('source'),
  listPassages: at('source'),
  getPassage: at('passage'),
  search: () => ({ query: { q: 'words' } }),
  createDocument: ({ ids }) => ({ body: { sourceIds: [ids.source] } }),
  listDocuments: ({ ids }) => ({ query: { cursor: cursorAt(ids.document) } }),
  getDocument: at('document'),
  changeDocument: ({ ids }) => ({
    at: { id: ids.document },
    body: { title: 'New', sourceIds: [ids.source] },
  }),
  deleteDocument: at('document'),
  undeleteDocument: at('deletedDocument'),
  listVersions: at('document'),
  getVersion: atVersion,
  getVersionBody: atVersion,
  restoreVersion: atVersion,
  compareVersions: atVersion,

  generateBlog: ({ ids }) => ({ body: { documentId: ids.document } }),
  listRuns: ({ ids }) => queries({ documentId: ids.document }, { cursor: cursorAt(ids.run) }),
  getRun: at('run'),
  cancelRun: at('run'),
  resumeRun: at('cancelledRun'),
  outlineGenerate: ({ ids }) => step({ sourceIds: [ids.source] }),
  chaptersOrganize: ({ ids }) => step({ sourceIds: [ids.source], outline: outline(ids.passage) }),
  sectionWrite: ({ ids }) => step({ sourceIds: [ids.source], chapter: chapter(ids.passage) }),
  seoGenerate: () => step({ title: 'A title', markdown: 'Text.' }),
  imagesPrompt: () => step({ sections: [section] }),
  blogCompose: ({ ids }) =>
    step({
      sourceIds: [ids.source],
      title: 'A title',
      sections: [section],
      chapters: [chapter(ids.passage)],
    }),
  documentPersist: ({ ids }) =>
    step({ documentId: ids.document, post: { markdown: 'Text.', citations: [] } }),
  listJobs: ({ ids }) => queries({ runId: ids.run }, { cursor: cursorAt(ids.job) }),
  getJob: at('job'),
  cancelJob: at('job'),
  retryJob: at('cancelledJob'),
  listDeadLetters: ({ ids }) => queries({}, { cursor: cursorAt(ids.deadJob) }),
  listErrorGroups: plain,
  getDeadLetter: at('deadJob'),
  retryDeadLetters: ({ ids }) => ({ body: { ids: [ids.deadJob] } }),
  discardDeadLetters: ({ ids }) => ({ body: { ids: [ids.deadJob] } }),
  streamEvents: plain,
}

/** The examples of an operation. Throws when it has no row. */
export function examplesOf({ operationId }: Operation, estate: Estate): Example[] {
  const row = examples[operationId]
  if (!row) throw new Error(`${operationId} has no example.`)
  return [row(estate)].flat()
}

/** The address and the options of a call. */
export function callOf(operation: Operation, { at = {}, query = {}, body }: Example): [string, CallOptions] {
  const search = new URLSearchParams(query)
  const address = `${addressOf(operation, at)}${search.size ? `?${search}` : ''}`
  return [address, { body, headers: { 'idempotency-key': crypto.randomUUID() } }]
}

export const cursorAt = (id: string) => Buffer.from(id).toString('base64url')
