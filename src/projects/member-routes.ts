import { Elysia, t } from 'elysia'
import { roles } from '#db/schema/projects.ts'
import { links } from '#src/accounts/links.ts'
import { email } from '#src/accounts/schemas.ts'
import type { AppDeps } from '#src/app-deps.ts'
import { documented } from '#src/documented.ts'
import { INVITATIONS_PER_PROJECT, MAILS_PER_RECIPIENT } from '#src/limits/rate-limits.ts'
import { invitation } from '#src/mail/messages.ts'
import { oneOf } from '#src/one-of.ts'
import { access } from './access.ts'
import {
  acceptInvitation,
  findInvitation,
  INVITATION_DAYS,
  invite,
  listInvitations,
  presentInvitation,
  revokeInvitation,
} from './invitations.ts'
import { changeRole, listMembers, removeMember } from './members.ts'
import { rolesDecidedBy } from './permissions.ts'
import { getProject } from './projects.ts'

const closed = { additionalProperties: false }
const token = t.String({ minLength: 1, maxLength: 200, description: 'What the link carries behind its `#`.' })
const role = oneOf(roles)
const date = t.String({ format: 'date-time' })

const Member = t.Object(
  { userId: t.String(), name: t.String(), email: t.String(), role, joinedAt: date },
  { title: 'Member' },
)
const Invitation = t.Object(
  { id: t.String(), email: t.String(), role, createdAt: date, expiresAt: date },
  { title: 'Invitation' },
)
const NewInvitation = t.Object(
  {
    ...Invitation.properties,
    link: t.String({ description: 'Shown this once. Whoever follows it must have this address.' }),
    mailed: t.Boolean({ description: 'Whether a mail with the link is on its way.' }),
  },
  { title: 'NewInvitation' },
)

/** Who works in a project, and how more come. */
export const memberRoutes = (deps: AppDeps) => {
  const { db, demo, env, hub, limits, log, mailer, mailFolder } = deps
  return new Elysia({ name: 'members', tags: ['Members'] })
    .use(access(deps))
    .get('/members', async ({ principal }) => ({ items: await listMembers(db, principal.projectId) }), {
      permission: 'members:read',
      ...documented('listMembers', "List the project's members", {
        success: { 200: t.Object({ items: t.Array(Member) }) },
      }),
    })
    .patch(
      '/members/:id',
      async ({ principal, params, body, actor, status }) => {
        const member = { projectId: principal.projectId, userId: params.id }
        const decides = rolesDecidedBy(principal.role)
        await changeRole(db, member, { role: body.role, decides, actor: actor() })
        hub.wake()
        return status(204, undefined)
      },
      {
        permission: 'members:manage',
        params: t.Object({ id: t.String({ description: 'A member, `usr_…`.' }) }),
        body: t.Object({ role }, closed),
        ...documented('changeRole', 'Give a member another role', {
          description:
            'It counts from the next request on. Who decides about which role is in `GET /rights`: `decides`.',
          success: { 204: t.Undefined() },
          errors: ['conflict'],
        }),
      },
    )
    .delete(
      '/members/:id',
      async ({ principal, params, actor, status }) => {
        const member = { projectId: principal.projectId, userId: params.id }
        await removeMember(db, member, { decides: rolesDecidedBy(principal.role), actor: actor() })
        hub.wake()
        return status(204, undefined)
      },
      {
        permission: 'members:manage',
        params: t.Object({ id: t.String({ description: 'A member, `usr_…`.' }) }),
        ...documented('removeMember', 'Remove a member', {
          description: 'Sessions and keys of theirs are out from the next request on; what they made stays.',
          success: { 204: t.Undefined() },
          errors: ['conflict'],
        }),
      },
    )
    .get(
      '/invitations',
      async ({ principal }) => ({ items: await listInvitations(db, principal.projectId) }),
      {
        permission: 'members:manage',
        ...documented('listInvitations', 'List the invitations that can still be accepted', {
          success: { 200: t.Object({ items: t.Array(Invitation) }) },
        }),
      },
    )
    .post(
      '/invitations',
      async ({ principal, body, actor, set, status }) => {
        const { projectId } = principal
        const decides = rolesDecidedBy(principal.role)
        await limits.take(INVITATIONS_PER_PROJECT, projectId, set)
        await limits.take(MAILS_PER_RECIPIENT, body.email, set)
        const by = actor()
        const to = body.email.toLowerCase()
        const made = await invite(
          db,
          { projectId, email: to, role: body.role, userId: by.userId, decides },
          by,
        )
        hub.wake()
        const link = links(env).invitation(made.token)
        const project = (await getProject(db, projectId))!.name
        const message = invitation({
          inviter: by.name,
          project,
          role: body.role,
          link,
          expiresAt: made.expiresAt,
        })
        // Without a mail server it lies in a folder, which only development shows.
        const reaches = mailFolder === undefined || demo
        const mailed = await mailer.send({ to, ...message }).then(
          () => true,
          (err) => {
            log.error({ err }, 'an invitation could not be mailed')
            return false
          },
        )
        return status(201, { ...presentInvitation(made), link, mailed: mailed && reaches })
      },
      {
        permission: 'members:manage',
        body: t.Object(
          { email, role },
          { ...closed, examples: [{ email: 'ada@example.com', role: 'reviewer' }] },
        ),
        ...documented('invite', 'Invite somebody into the project', {
          description: `The link works once, for this address, for ${INVITATION_DAYS} days; an earlier one of this address ends.`,
          success: { 201: NewInvitation },
          errors: ['conflict', 'limit_exceeded', 'rate_limited'],
        }),
      },
    )
    .delete(
      '/invitations/:id',
      async ({ principal, params, actor, status }) => {
        const decides = rolesDecidedBy(principal.role)
        await revokeInvitation(db, { projectId: principal.projectId, id: params.id, decides }, actor())
        hub.wake()
        return status(204, undefined)
      },
      {
        permission: 'members:manage',
        params: t.Object({ id: t.String({ description: 'An invitation, `inv_…`.' }) }),
        ...documented('revokeInvitation', 'Take an invitation back', { success: { 204: t.Undefined() } }),
      },
    )
    .post(
      '/invitations/look',
      async ({ body }) => {
        const { project, email, role, expiresAt } = await findInvitation(db, body.token)
        return { project, email, role, expiresAt: new Date(expiresAt).toISOString() }
      },
      {
        open: 'who was invited may have no account yet',
        body: t.Object({ token }, closed),
        ...documented('lookAtInvitation', 'See what a link invites to', {
          success: { 200: t.Object({ project: t.String(), email: t.String(), role, expiresAt: date }) },
          errors: ['not_found', 'invalid_request', 'rate_limited'],
          open: true,
        }),
      },
    )
    .post(
      '/invitations/accept',
      async ({ person, body, actor }) => {
        const projectId = await acceptInvitation(db, { token: body.token, person }, actor())
        hub.wake()
        return { projectId }
      },
      {
        person: 'account',
        body: t.Object({ token }, closed),
        ...documented('acceptInvitation', 'Accept an invitation', {
          success: { 200: t.Object({ projectId: t.String() }) },
          errors: ['limit_exceeded'],
        }),
      },
    )
}
