import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, read } from './client.ts'
import type { Job } from './runs.ts'

const RECENT_JOBS = 200

export type JobFilter = { state?: Job['state']; kind?: string; runId?: string }

export const useJobs = (filter: JobFilter) =>
  useInfiniteQuery({
    queryKey: ['jobs', filter],
    queryFn: ({ pageParam }) => read(api.jobs.get({ query: { ...filter, cursor: pageParam } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })

/** The kinds of the newest jobs. */
export const useRecentKinds = () =>
  useQuery({
    queryKey: ['job-kinds'],
    queryFn: async () => {
      const { items } = await read(api.jobs.get({ query: { limit: RECENT_JOBS } }))
      return [...new Set(items.map(({ kind }) => kind))]
    },
  })

export const cancelJob = (id: string) => read(api.jobs({ id }).cancel.post())

export const retryJob = (id: string) => read(api.jobs({ id }).retry.post())
