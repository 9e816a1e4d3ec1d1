import { useQuery } from '@tanstack/react-query'
import { api, type Data, read } from './client.ts'
import { queryClient } from './query-client.ts'

const keys = api['api-keys']

export type ProjectKey = Data<typeof keys.get>['items'][number]

/** Everybody's keys that open the project. */
export const useProjectKeys = () =>
  useQuery({ queryKey: ['project-keys'], queryFn: async () => (await read(keys.get())).items })

/** Takes the project from a key; one that opens no other ends. */
export async function revokeProjectKey(id: string) {
  await read(keys({ id }).delete())
  await queryClient.invalidateQueries({ queryKey: ['project-keys'] })
}
