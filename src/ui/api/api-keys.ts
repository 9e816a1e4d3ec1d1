import { useQuery } from '@tanstack/react-query'
import { api, type Data, read } from './client.ts'
import { queryClient } from './query-client.ts'

const keys = api.account['api-keys']

export type ApiKey = Data<typeof keys.get>['items'][number]
export type NewApiKey = Data<typeof keys.post>
export type ApiKeySpec = Parameters<typeof keys.post>[0]

/** The keys that a person made, the latest first. */
export const useApiKeys = () =>
  useQuery({
    queryKey: ['api-keys'],
    queryFn: async () => (await read(keys.get())).items,
    staleTime: 0,
  })

/** Makes a key; its text is in the answer, and never again. Throws Problem. */
export const createApiKey = async (spec: ApiKeySpec): Promise<NewApiKey> =>
  settle(await read(keys.post(spec)))

/** Puts a new key in the place of one, which works for a while more. Throws Problem. */
export const rotateApiKey = async (id: string, graceSeconds: number): Promise<NewApiKey> =>
  settle(await read(keys({ id }).rotate.post({ graceSeconds })))

export const revokeApiKey = async (id: string) => settle(await read(keys({ id }).delete()))

function settle<T>(answer: T): T {
  void queryClient.invalidateQueries({ queryKey: ['api-keys'] })
  return answer
}
