import { queryOptions, useQuery } from '@tanstack/react-query'
import { useConnection } from '../live/connection.ts'
import { api, type Data, read } from './client.ts'
import { queryClient } from './query-client.ts'

export type RunWithJobs = Data<ReturnType<typeof api.runs>['get']>
export type Run = Omit<RunWithJobs, 'jobs'>
export type Job = RunWithJobs['jobs'][number]
export type RunOptions = RunWithJobs['options']

const POLL_MS = 5_000
const RECENT_RUNS = 200

export const isActive = (run: Pick<Run, 'state'>) => run.state === 'queued' || run.state === 'running'

/** The newest run of a document, or null. Events keep it up to date; it is polled while they are away. */
export const useLatestRun = (documentId: string) => {
  const live = useConnection() === 'open'
  return useQuery({
    queryKey: ['latest-run', documentId],
    queryFn: async () => (await read(api.runs.get({ query: { documentId, limit: 1 } }))).items[0] ?? null,
    refetchInterval: (query) => pollWhile(!live && query.state.data != null && isActive(query.state.data)),
  })
}

/** A run with its jobs. */
export const useRun = (id: string | undefined) => {
  const live = useConnection() === 'open'
  return useQuery({
    queryKey: ['run', id],
    queryFn: () => read(api.runs({ id: id! }).get()),
    enabled: id !== undefined,
    refetchInterval: (query) =>
      pollWhile(!live && query.state.data !== undefined && isActive(query.state.data)),
  })
}

/** The newest runs of the project, for what the lists say of each document's latest work. */
export const useRecentRuns = () =>
  useQuery({
    queryKey: ['recent-runs'],
    queryFn: async () => (await read(api.runs.get({ query: { limit: RECENT_RUNS } }))).items,
  })

/** What a finished job made. */
export const jobOutputQuery = (id: string) =>
  queryOptions({
    queryKey: ['job-output', id],
    queryFn: async () => (await read(api.jobs({ id }).get())).output ?? null,
    staleTime: Number.POSITIVE_INFINITY,
  })

export async function startRun(documentId: string, options: RunOptions): Promise<Run> {
  const headers = { 'idempotency-key': crypto.randomUUID() }
  const { run } = await read(api.pipelines.generate_blog.post({ documentId, options }, { headers }))
  keepRun(run)
  return run
}

export const cancelRun = async (id: string) => keepRunWithJobs(await read(api.runs({ id }).cancel.post()))

export const resumeRun = async (id: string) => keepRunWithJobs(await read(api.runs({ id }).resume.post()))

/** Notes a run's state wherever the page shows it. */
export function keepRun(run: Run) {
  queryClient.setQueryData<RunWithJobs>(
    ['run', run.id],
    (known) => known && { ...known, ...run, error: run.error },
  )
  queryClient.setQueryData<Run | null>(['latest-run', run.documentId], (known) =>
    known && known.id > run.id ? known : run,
  )
  queryClient.setQueryData<Run[]>(
    ['recent-runs'],
    (runs) => runs && [run, ...runs.filter((other) => other.id !== run.id)],
  )
}

function keepRunWithJobs(run: RunWithJobs) {
  queryClient.setQueryData(['run', run.id], run)
  const { jobs: _jobs, ...rest } = run
  keepRun(rest)
}

const pollWhile = (needed: boolean) => (needed ? POLL_MS : false)
