import {
  type InfiniteData,
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query'
import { api, type Data, read, readBody, readTagged } from './client.ts'
import { queryClient } from './query-client.ts'

type Versions = ReturnType<typeof api.documents>['versions']
export type DocumentPage = Data<typeof api.documents.get>
export type Document = DocumentPage['items'][number]
export type VersionPage = Data<Versions['get']>
export type VersionSummary = VersionPage['items'][number]
export type Version = Data<ReturnType<Versions>['get']>
export type Citation = Version['sections'][number]['citations'][number]
export type Comparison = Data<ReturnType<ReturnType<Versions>['compare']>['get']>
export type SectionComparison = Comparison['sections'][number]
export type Hunk = NonNullable<SectionComparison['hunks']>[number]
export type TaggedDocument = Document & { etag?: string }

export const useDocuments = (enabled = true) =>
  useInfiniteQuery({
    enabled,
    queryKey: ['documents'],
    queryFn: ({ pageParam }) => read(api.documents.get({ query: { cursor: pageParam } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })

export const documentQuery = (id: string) =>
  queryOptions({
    queryKey: ['document', id],
    queryFn: async (): Promise<TaggedDocument> => {
      const { data, etag } = await readTagged(api.documents({ id }).get())
      return { ...data, etag }
    },
    placeholderData: () => findListed(id),
  })

export const versionQuery = (id: string, number: number) =>
  queryOptions({
    queryKey: ['version', id, number],
    queryFn: () => read(api.documents({ id }).versions({ number }).get()),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** The post as safe HTML. A version never changes, so it is asked for once. */
export const bodyQuery = (id: string, number: number) =>
  queryOptions({
    queryKey: ['body', id, number],
    queryFn: () => readBody(id, number, 'html'),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const useVersions = (id: string, newest: number | null) =>
  useQuery({
    queryKey: ['versions', id, newest],
    queryFn: () => read(api.documents({ id }).versions.get({ query: { limit: 100 } })),
    enabled: newest !== null,
    placeholderData: keepPreviousData,
  })

export const useComparison = (id: string, from: number, to: number) =>
  useQuery({
    queryKey: ['comparison', id, from, to],
    queryFn: () => read(api.documents({ id }).versions({ number: from }).compare({ to }).get()),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const createDocument = (spec: { title?: string; sourceIds: string[] }) =>
  read(api.documents.post(spec))

/** Renames a document that is still as it was read. Throws Problem 412 when somebody else changed it. */
export async function renameDocument({ id, etag }: TaggedDocument, title: string) {
  const headers = { 'if-match': etag }
  const { data, etag: tag } = await readTagged(api.documents({ id }).patch({ title }, { headers }))
  queryClient.setQueryData<TaggedDocument>(['document', id], { ...data, etag: tag })
  await queryClient.invalidateQueries({ queryKey: ['documents'] })
}

export async function restoreVersion(id: string, number: number) {
  const version = await read(api.documents({ id }).versions({ number }).restore.post())
  queryClient.setQueryData(['version', id, version.number], version)
  queryClient.setQueryData<TaggedDocument>(
    ['document', id],
    (document) => document && { ...document, currentVersion: version.number },
  )
  await queryClient.invalidateQueries({ queryKey: ['document', id] })
  return version
}

/** Takes the document off the list at once; puts the list back when the server refuses. */
export async function deleteDocument(id: string) {
  await queryClient.cancelQueries({ queryKey: ['documents'] })
  queryClient.setQueryData<InfiniteData<DocumentPage>>(
    ['documents'],
    (list) => list && withoutDocument(list, id),
  )
  const settle = () => queryClient.invalidateQueries({ queryKey: ['documents'] })
  await read(api.documents({ id }).delete()).finally(settle)
}

export async function undeleteDocument(id: string) {
  await read(api.documents({ id }).undelete.post())
  await queryClient.invalidateQueries({ queryKey: ['documents'] })
}

function findListed(id: string): TaggedDocument | undefined {
  const list = queryClient.getQueryData<InfiniteData<DocumentPage>>(['documents'])
  return list?.pages.flatMap((page) => page.items).find((document) => document.id === id)
}

const withoutDocument = (list: InfiniteData<DocumentPage>, id: string) => ({
  ...list,
  pages: list.pages.map((page) => ({ ...page, items: page.items.filter((document) => document.id !== id) })),
})
