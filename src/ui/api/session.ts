import { useQuery } from '@tanstack/react-query'
import { api, read } from './client.ts'
import { queryClient } from './query-client.ts'

export const useSession = () =>
  useQuery({
    queryKey: ['session'],
    queryFn: () => read(api.session.get()),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const signIn = (request: Parameters<typeof api.session.post>[0]) =>
  changeSession(api.session.post(request))

export const signOut = () => changeSession(api.session.delete())

/** Whoever is signed in now sees nothing of whoever was before. */
async function changeSession(call: Promise<{ data: unknown; error: unknown; response: Response }>) {
  const { error, response, data } = await call
  if (error) await read(Promise.resolve({ data, error, response }))
  const session = await read(api.session.get())
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
  queryClient.setQueryData(['session'], session)
}
