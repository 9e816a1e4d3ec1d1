import { QueryClient } from '@tanstack/react-query'
import { onRefusal, Problem } from './client.ts'

const FRESH_MS = 30_000
const TRIES_MAX = 3

/** What the page knows of the server. Events keep it fresh; a refusal is never asked for twice. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      retry: (failures, error) => !(error instanceof Problem && error.status > 0) && failures < TRIES_MAX,
    },
    mutations: { networkMode: 'always' },
  },
})

/** Looks at the session again: it may have ended, or the rights in it may have changed, under the page. */
export const refreshSession = () => void queryClient.invalidateQueries({ queryKey: ['session'] })

onRefusal(refreshSession)
