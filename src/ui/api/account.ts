import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, type Data, read } from './client.ts'
import { queryClient } from './query-client.ts'
import { type ProviderName, renewSession } from './session.ts'

export type Account = Data<typeof api.account.get>
export type AccountSession = Data<typeof api.account.sessions.get>['items'][number]
export type Activity = Data<typeof api.account.activity.get>['items'][number]
export type NewSecondFactor = Data<(typeof api.account)['two-factor']['post']>

export const useAccount = () =>
  useQuery({ queryKey: ['account'], queryFn: () => read(api.account.get()), staleTime: 0 })

export const useAccountSessions = () =>
  useQuery({
    queryKey: ['account', 'sessions'],
    queryFn: async () => (await read(api.account.sessions.get())).items,
    staleTime: 0,
  })

/** What was done as this person, in every project, the latest first. */
export const useActivity = (limit: number) =>
  useInfiniteQuery({
    queryKey: ['account', 'activity'],
    queryFn: ({ pageParam }) => read(api.account.activity.get({ query: { limit, cursor: pageParam } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    staleTime: 0,
  })

export async function renameAccount(name: string) {
  await read(api.account.patch({ name }))
  await Promise.all([settle(), queryClient.invalidateQueries({ queryKey: ['session'] })])
}

/** Ends every other session. Without `current`, sets a first password. */
export const changePassword = (change: { current?: string; new: string }) =>
  settle(api.account.password.post(change))

/** Sends a mail to the new address; it counts once its link is followed. */
export const changeEmail = (change: { email: string; password?: string }) =>
  settle(api.account.email.post(change))

export const endSession = (id: string) => settle(api.account.sessions({ id }).delete())

export const endOtherSessions = () => settle(api.account.sessions.delete())

/** Leaves for the page of an identity provider, which comes back to the account. */
export async function linkIdentity(provider: ProviderName) {
  const { url } = await read(api.account.identities({ provider }).post())
  location.assign(url)
}

export const unlinkIdentity = (provider: ProviderName) =>
  settle(api.account.identities({ provider }).delete())

/** Begins to turn the second factor on: a first code confirms it. */
export const beginTwoFactor = (password: string) => read(api.account['two-factor'].post({ password }))

export const confirmTwoFactor = (code: string) => read(api.account['two-factor'].confirm.post({ code }))

export const disableTwoFactor = (password: string) =>
  settle(api.account['two-factor'].disable.post({ password }))

export async function makeRecoveryCodes(password: string): Promise<string[]> {
  const { recoveryCodes } = await read(api.account['two-factor']['recovery-codes'].post({ password }))
  return recoveryCodes
}

/** Deletes the account, and with it the session. Throws Problem: 409 for the last owner of a project. */
export async function deleteAccount(password: string | undefined) {
  await read(api.account.delete.post({ password }))
  await renewSession()
}

/** Waits for a change, and asks for the account anew. */
export async function settle(call?: Parameters<typeof read>[0]) {
  if (call) await read(call)
  await queryClient.invalidateQueries({ queryKey: ['account'] })
}
