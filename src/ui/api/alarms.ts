import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, type Data, read } from './client.ts'

export type Alarm = Data<typeof api.alarms.get>['items'][number]

/** What is wrong with the installation now, the latest first; asked for by who may know. */
export const useAlarms = (mayKnow: boolean) =>
  useQuery({
    queryKey: ['alarms', 'open'],
    queryFn: async () => (await read(api.alarms.get({ query: {} }))).items,
    enabled: mayKnow,
  })

/** What was wrong and is right again, the latest first. */
export const usePastAlarms = () =>
  useInfiniteQuery({
    queryKey: ['alarms', 'cleared'],
    queryFn: ({ pageParam }) => read(api.alarms.get({ query: { state: 'cleared', cursor: pageParam } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })
