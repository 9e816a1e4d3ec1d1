import { useInfiniteQuery } from '@tanstack/react-query'
import { api, read } from './client.ts'
import type { Job } from './runs.ts'

export type JobFilter = { state?: Job['state']; kind?: string; runId?: string }

export const useJobs = (filter: JobFilter) =>
  useInfiniteQuery({
    queryKey: ['jobs', filter],
    queryFn: ({ pageParam }) => read(api.jobs.get({ query: { ...filter, cursor: pageParam } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })

export const cancelJob = (id: string) => read(api.jobs({ id }).cancel.post())

export const retryJob = (id: string) => read(api.jobs({ id }).retry.post())
