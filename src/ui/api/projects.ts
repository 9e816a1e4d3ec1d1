import { useQuery } from '@tanstack/react-query'
import { api, type Data, read } from './client.ts'
import { queryClient } from './query-client.ts'
import { enter, type Session, useSession } from './session.ts'
import { projectHeaders } from './tab-project.ts'

export type Permission = NonNullable<Session['permissions']>[number]
export type CurrentProject = NonNullable<Session['project']>
export type Role = CurrentProject['role']
export type Project = Data<typeof api.projects.get>['items'][number]

export const PROJECT_NAME_CHARS_MAX = 100

/** Whether whoever is signed in may do something in the tab's project. What they may not do is not offered. */
export const useMay = (permission: Permission): boolean =>
  useSession().data?.permissions?.includes(permission) ?? false

/** The project that the page is about. */
export const useProject = (): CurrentProject | undefined => useSession().data?.project

/** Every project of the person with their role in it. */
export const useProjects = () =>
  useQuery({ queryKey: ['projects'], queryFn: async () => (await read(api.projects.get())).items })

/** Which role may do what, and what each role and right means. */
export const useRights = () =>
  useQuery({
    queryKey: ['rights'],
    queryFn: () => read(api.rights.get()),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** The roles that whoever is signed in may give, change and take away. */
export function useDecidedRoles(): readonly Role[] {
  const own = useProject()?.role
  return useRights().data?.roles.find(({ name }) => name === own)?.decides ?? []
}

/** Lets this tab work in another project; others stay where they are. Throws Problem. */
export async function switchProject(id: string) {
  const session = await read(api.session.get({ headers: projectHeaders(id) }))
  if (session.project?.id !== id) throw new Error('You are no member of this project any more.')
  enter(session)
  // The next tab begins where the last choice was made; without an answer it begins where it began before.
  void api.session.project.put({ projectId: id }).catch(() => {})
}

export async function createProject(name: string) {
  const { id } = await read(api.projects.post({ name }))
  await switchProject(id)
}

export const renameProject = async (name: string) =>
  showProject({ name: (await read(api.project.patch({ name }))).name })

export const archiveProject = async () => settle(await read(api.project.archive.post()))

export const restoreProject = async () => settle(await read(api.project.restore.post()))

/** The rights in a project change with its state: only the server knows them. */
async function settle({ archivedAt }: { archivedAt: string | null }) {
  showProject({ archived: archivedAt !== null })
  await queryClient.invalidateQueries({ queryKey: ['session'] })
}

function showProject(change: Partial<CurrentProject>) {
  queryClient.setQueryData<Session>(['session'], (session) => {
    if (!session?.project) return session
    const { id } = session.project
    return {
      ...session,
      project: { ...session.project, ...change },
      projects: session.projects?.map((each) => (each.id === id ? { ...each, ...change } : each)),
    }
  })
}
