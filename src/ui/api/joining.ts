import { queryOptions } from '@tanstack/react-query'
import { api, type Data, read } from './client.ts'
import { switchProject } from './projects.ts'
import { renewSession } from './session.ts'

export type Invitation = Data<typeof api.invitations.look.post>

/** What the link of an invitation leads into. */
export const invitationQuery = (token: string) =>
  queryOptions({
    queryKey: ['invitation', token],
    queryFn: () => read(api.invitations.look.post({ token })),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** Becomes a member, and begins to work in that project. Throws Problem. */
export async function acceptInvitation(token: string) {
  const { projectId } = await read(api.invitations.accept.post({ token }))
  await switchProject(projectId)
}

/** Makes an account by an invitation, and accepts it. Throws Problem: 409 when there is such an account already. */
export async function joinNew(token: string, person: { name: string; email: string; password: string }) {
  await read(api.auth['sign-up'].post({ ...person, invitation: token }))
  await acceptInvitation(token).catch(async (error) => {
    await renewSession()
    throw error
  })
}
