import { useInfiniteQuery } from '@tanstack/react-query'
import { api, type Data, read, readRaw } from './client.ts'

export type AuditEntry = Data<typeof api.audit.get>['items'][number]
export type AuditAction = AuditEntry['action']

/** `from` and `until` are moments in ISO 8601; `until` itself is not in it. */
export type AuditFilter = { action?: AuditAction; userId?: string; from?: string; until?: string }

/** What happened in the project, the latest first. */
export const useAudit = (filter: AuditFilter) =>
  useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam }) => read(api.audit.get({ query: { ...filter, cursor: pageParam, limit: 100 } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })

/** The whole log as lines of JSON. Throws Problem. */
export async function exportAudit(filter: AuditFilter): Promise<Blob> {
  return (await readRaw(`/audit/export?${new URLSearchParams(filter)}`)).blob()
}
