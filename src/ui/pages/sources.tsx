import { type FormEvent, useRef } from 'react'
import { Link, useLocation, useSearch as useQueryString } from 'wouter'
import { useMay } from '../api/projects.ts'
import { ACCEPTED_FILES, addFile, type Source, useSearch, useSources } from '../api/sources.ts'
import { Button } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { FileButton } from '../components/file-button.tsx'
import { FileDrop } from '../components/file-drop.tsx'
import { Page } from '../components/page.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { Skeleton } from '../components/skeleton.tsx'
import { Moment } from '../components/time.tsx'
import { toast } from '../components/toasts.tsx'
import { useShortcut } from '../keyboard/shortcuts.ts'
import { kindName } from './sources/kind-name.ts'
import { SearchHits } from './sources/search-hits.tsx'

/** The project's sources, and a search through the words of all of them. */
export default function Sources() {
  const [, navigate] = useLocation()
  const q = new URLSearchParams(useQueryString()).get('q') ?? ''
  const field = useRef<HTMLInputElement>(null)
  const mayAdd = useMay('sources:write')
  useShortcut({ keys: '/', label: 'Search the sources', group: 'Sources' }, () => field.current?.focus())
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    const wanted = field.current!.value.trim()
    navigate(wanted ? `/sources?q=${encodeURIComponent(wanted)}` : '/sources')
  }
  return (
    <Page
      title="Sources"
      act={
        mayAdd && <FileButton label="Add files" look="primary" accept={ACCEPTED_FILES} onFiles={addFiles} />
      }
    >
      {mayAdd && <FileDrop onFiles={addFiles} />}
      <search>
        <form className="searchbar" onSubmit={onSubmit}>
          <input
            key={q}
            ref={field}
            type="search"
            aria-label="Search the sources"
            placeholder="Search what was said"
            defaultValue={q}
            maxLength={500}
          />
          <Button type="submit" icon="search">
            Search
          </Button>
        </form>
      </search>
      {q ? <Found q={q} /> : <AllSources />}
    </Page>
  )
}

function addFiles(files: File[]) {
  for (const file of files) {
    addFile(file).then(
      (source) => toast(`“${source.title}” was added.`),
      (error: Error) => toast(`“${file.name}” was not added. ${error.message}`, { isError: true }),
    )
  }
}

function Found({ q }: { q: string }) {
  const hits = useSearch(q)
  if (hits.error)
    return (
      <ProblemNotice error={hits.error} act={<Button onClick={() => hits.refetch()}>Try again</Button>} />
    )
  if (!hits.data) return <Skeleton lines={6} />
  return <SearchHits q={q} hits={hits.data} />
}

function AllSources() {
  const sources = useSources()
  const items = sources.data?.pages.flatMap((page) => page.items)
  if (sources.error)
    return (
      <ProblemNotice
        error={sources.error}
        act={<Button onClick={() => sources.refetch()}>Try again</Button>}
      />
    )
  if (!items) return <Skeleton lines={6} />
  if (items.length === 0)
    return (
      <EmptyState>Transcripts, notes and articles will stand here: what posts are written from.</EmptyState>
    )
  return (
    <>
      <ul className="rows">
        {items.map((source) => (
          <SourceRow key={source.id} source={source} />
        ))}
      </ul>
      {sources.hasNextPage && (
        <div className="more">
          <Button pending={sources.isFetchingNextPage} onClick={() => sources.fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
    </>
  )
}

const SourceRow = ({ source }: { source: Source }) => (
  <li className="row">
    <div className="row-main">
      <Link href={`/sources/${source.id}`} className="row-title" dir="auto">
        {source.title}
      </Link>
      <p className="muted">{[kindName(source.kind), source.fileName].filter(Boolean).join(' · ')}</p>
    </div>
    <span className="muted figure">{source.words.toLocaleString('en')} words</span>
    <span className="row-time muted">
      <Moment at={source.createdAt} />
    </span>
  </li>
)
