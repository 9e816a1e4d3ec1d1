import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { Problem } from './client.ts'

const FRESH_MS = 30_000
const TRIES_MAX = 3

/** What the page knows of the server. Events keep it fresh; a refusal is never asked for twice. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeSignedOut }),
  mutationCache: new MutationCache({ onError: noticeSignedOut }),
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      retry: (failures, error) => !(error instanceof Problem && error.status > 0) && failures < TRIES_MAX,
    },
    mutations: { networkMode: 'always' },
  },
})

/** A session that has ended under the page sends it back to the door. */
function noticeSignedOut(error: unknown) {
  if (error instanceof Problem && error.status === 401)
    void queryClient.invalidateQueries({ queryKey: ['session'] })
}
