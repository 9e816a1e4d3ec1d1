import { useQuery } from '@tanstack/react-query'
import { api, type Data, read } from './client.ts'
import type { Project, Role } from './projects.ts'
import { queryClient } from './query-client.ts'
import { renewSession } from './session.ts'
import { projectHeaders } from './tab-project.ts'

export type Member = Data<typeof api.members.get>['items'][number]
export type Invitation = Data<typeof api.invitations.get>['items'][number]
export type NewInvitation = Data<typeof api.invitations.post>

export const useMembers = () =>
  useQuery({ queryKey: ['members'], queryFn: async () => (await read(api.members.get())).items })

/** The invitations that can still be accepted. */
export const useInvitations = (enabled: boolean) =>
  useQuery({
    queryKey: ['invitations'],
    queryFn: async () => (await read(api.invitations.get())).items,
    enabled,
  })

/** Shows the role at once, and the one before when it is refused. */
export const changeRole = (userId: string, role: Role) =>
  changeMembers(
    (members) => members.map((member) => (member.userId === userId ? { ...member, role } : member)),
    () => read(api.members({ id: userId }).patch({ role })),
  )

export const removeMember = (userId: string) =>
  changeMembers(
    (members) => members.filter((member) => member.userId !== userId),
    () => read(api.members({ id: userId }).delete()),
  )

/** Makes a member the owner, and the owner who does it an admin. */
export async function handOver(projectId: string, userId: string) {
  await read(api.projects({ id: projectId }).transfer.post({ userId }))
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ['session'] }),
    queryClient.invalidateQueries({ queryKey: ['members'] }),
  ])
}

/** A project that keeps its only owner from deleting their account. */
export type OwnedAlone = Project & { hasOthers: boolean }

export const useOwnedAlone = () =>
  useQuery({ queryKey: ['owned-alone'], queryFn: findOwnedAlone, staleTime: 0 })

async function findOwnedAlone(): Promise<OwnedAlone[]> {
  const { items } = await read(api.projects.get())
  const owned = items.filter(({ role, archived }) => role === 'owner' && !archived)
  const found = await Promise.all(
    owned.map(async (project) => {
      const { items: members } = await read(api.members.get({ headers: projectHeaders(project.id) }))
      const isAlone = members.filter(({ role }) => role === 'owner').length === 1
      return isAlone ? [{ ...project, hasOthers: members.length > 1 }] : []
    }),
  )
  return found.flat()
}

/** Ends one's own membership and goes on in another project, if there is one. */
export async function leaveProject(id: string) {
  await read(api.projects({ id }).leave.post())
  await renewSession()
}

/** Invites an address; an earlier invitation of it ends. The link in the answer is not shown again. */
export async function invite(email: string, role: Role): Promise<NewInvitation> {
  const made = await read(api.invitations.post({ email, role }))
  await queryClient.invalidateQueries({ queryKey: ['invitations'] })
  return made
}

export async function revokeInvitation(id: string) {
  const before = queryClient.getQueryData<Invitation[]>(['invitations'])
  const shown = queryClient.setQueryData<Invitation[]>(['invitations'], (all) =>
    all?.filter((each) => each.id !== id),
  )
  try {
    await read(api.invitations({ id }).delete())
  } catch (error) {
    putBack('invitations', shown, before)
    throw error
  }
}

async function changeMembers(show: (members: Member[]) => Member[], change: () => Promise<unknown>) {
  await queryClient.cancelQueries({ queryKey: ['members'] })
  const before = queryClient.getQueryData<Member[]>(['members'])
  const shown = queryClient.setQueryData<Member[]>(['members'], (members) => members && show(members))
  try {
    await change()
  } catch (error) {
    putBack('members', shown, before)
    throw error
  }
}

/** Undoes what was shown too early, unless something newer, or another project's, stands there by now. */
function putBack(key: string, shown: unknown, before: unknown) {
  queryClient.setQueryData([key], (now: unknown) => (now === shown ? before : now))
}
