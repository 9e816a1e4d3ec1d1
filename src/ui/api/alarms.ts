import { useQuery } from '@tanstack/react-query'
import { api, read } from './client.ts'

/** Alarms are of no project, whose stream would tell of them. */
const LOOK_MS = 30_000

/** What is wrong with the installation now; asked for by who may know. */
export const useAlarms = (mayKnow: boolean) =>
  useQuery({
    queryKey: ['alarms'],
    queryFn: async () => (await read(api.alarms.get())).items,
    enabled: mayKnow,
    refetchInterval: LOOK_MS,
  })
