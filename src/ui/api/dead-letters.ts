import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, type Data, read } from './client.ts'
import { queryClient } from './query-client.ts'
import { resumeRun } from './runs.ts'

const letters = api['dead-letters']

export type DeadLetter = Data<ReturnType<typeof letters>['get']>
export type ErrorGroup = Data<typeof letters.groups.get>['items'][number]
type Which = { ids: string[] } | { group: string }

/** How many the server changes in one call. */
const LETTERS_AT_ONCE = 500

/** What the project's dead letters died of, the most frequent first. */
export const useErrorGroups = () =>
  useQuery({
    queryKey: ['dead-letters', 'groups'],
    queryFn: async () => (await read(letters.groups.get())).items,
  })

/** The letters of one group, newest first, without their inputs. */
export const useLetters = (group: string) =>
  useInfiniteQuery({
    queryKey: ['dead-letters', 'group', group],
    queryFn: ({ pageParam }) => read(letters.get({ query: { group, cursor: pageParam } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })

/** A letter with its input, as it is when it is opened. */
export const useLetter = (id: string) =>
  useQuery({ queryKey: ['dead-letter', id], queryFn: () => read(letters({ id }).get()), staleTime: 0 })

/** Queues one again that is part of no run. Throws Problem. */
export const retryLetter = (id: string) => settle(retry({ ids: [id] }))

/** Makes the run go on that letters are part of. Throws Problem. */
export const resumeRunOfLetters = (runId: string) => settle(resumeRun(runId))

/** Queues those of a group again. Returns how many jobs and runs go on. Throws Problem. */
export const retryGroup = ({ group, count }: ErrorGroup) => settle(changeAll(count, () => retry({ group })))

/** Gives one up for good. Returns whether it was there still, as 1 or 0. Throws Problem. */
export const discardLetter = (id: string) => settle(discard({ ids: [id] }))

export const discardGroup = ({ group, count }: ErrorGroup) =>
  settle(changeAll(count, () => discard({ group })))

const retry = async (which: Which) => (await read(letters.retry.post(which))).count

const discard = async (which: Which) => (await read(letters.discard.post(which))).count

/** No more calls than the letters need that there were: what is retried may come back while others wait. */
async function changeAll(letters: number, change: () => Promise<number>): Promise<number> {
  let changed = 0
  for (let left = letters; left > 0; left -= LETTERS_AT_ONCE) changed += await change()
  return changed
}

/** The page shows what became of them, also where not all could be changed. */
async function settle<T>(changing: Promise<T>): Promise<T> {
  try {
    return await changing
  } finally {
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: ['dead-letters'] }),
      queryClient.invalidateQueries({ queryKey: ['jobs'] }),
    ])
  }
}
