import { keepPreviousData, queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, type Data, read } from './client.ts'
import { queryClient } from './query-client.ts'

type SourceApi = ReturnType<typeof api.sources>
export type Source = Data<typeof api.sources.get>['items'][number]
export type PassagePage = Data<SourceApi['passages']['get']>
export type Passage = PassagePage['items'][number]
export type SearchHit = Data<typeof api.search.get>['items'][number]

/** A whole number of passages is read at a time, so that a link into the middle finds its page. */
export const PASSAGES_PER_PAGE = 200

export const ACCEPTED_FILES = '.txt,.md,.markdown,.html,.htm,.srt,.vtt,.docx'

export const useSources = (enabled = true) =>
  useInfiniteQuery({
    enabled,
    queryKey: ['sources'],
    queryFn: ({ pageParam }) => read(api.sources.get({ query: { cursor: pageParam } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })

/** A source without its text, which its passages hold. */
export const sourceQuery = (id: string) =>
  queryOptions({
    queryKey: ['source', id],
    queryFn: async (): Promise<Source> => {
      const { text: _text, ...source } = await read(api.sources({ id }).get())
      return source
    },
    staleTime: Number.POSITIVE_INFINITY,
  })

/** A source's passages in reading order, from the page that holds position `from`. */
export const usePassages = (id: string, from = 0, enabled = true) =>
  useInfiniteQuery({
    queryKey: ['passages', id, from],
    queryFn: ({ pageParam }) => readPassages(id, pageParam),
    initialPageParam: Math.floor(from / PASSAGES_PER_PAGE),
    getNextPageParam: (page, _pages, number) => (page.nextAfter === null ? undefined : number + 1),
    getPreviousPageParam: (_page, _pages, number) => (number === 0 ? undefined : number - 1),
    staleTime: Number.POSITIVE_INFINITY,
    enabled,
  })

/** The first passages of a source, enough to see what was recognised. */
export const firstPassagesQuery = (id: string) =>
  queryOptions({
    queryKey: ['first-passages', id],
    queryFn: () => readPassages(id, 0),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** The last passage of a source: its time tells how long the recording is. */
export const lastPassageQuery = ({ id, passageCount }: Source) =>
  queryOptions({
    queryKey: ['last-passage', id],
    queryFn: async () => {
      const after = passageCount > 1 ? passageCount - 2 : undefined
      return (await read(api.sources({ id }).passages.get({ query: { limit: 1, after } }))).items[0] ?? null
    },
    staleTime: Number.POSITIVE_INFINITY,
  })

export const passageQuery = (id: string) =>
  queryOptions({
    queryKey: ['passage', id],
    queryFn: () => read(api.passages({ id }).get()),
    staleTime: Number.POSITIVE_INFINITY,
    retry: 1,
  })

export const useSearch = (q: string) =>
  useQuery({
    queryKey: ['search', q],
    queryFn: async () => (await read(api.search.get({ query: { q, limit: 50 } }))).items,
    enabled: q !== '',
    placeholderData: keepPreviousData,
  })

export async function addText(text: string): Promise<Source> {
  return keepSource(await read(api.sources.post({ kind: 'text', text })))
}

export async function addFile(file: File): Promise<Source> {
  return keepSource(await read(api.sources.post({ file })))
}

function readPassages(id: string, page: number) {
  const after = page === 0 ? undefined : page * PASSAGES_PER_PAGE - 1
  return read(api.sources({ id }).passages.get({ query: { limit: PASSAGES_PER_PAGE, after } }))
}

function keepSource(source: Source): Source {
  queryClient.setQueryData(['source', source.id], source)
  void queryClient.invalidateQueries({ queryKey: ['sources'] })
  return source
}
