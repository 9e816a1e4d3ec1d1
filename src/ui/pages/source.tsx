import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { Link } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import { Problem } from '../api/client.ts'
import { useMay } from '../api/projects.ts'
import { passageQuery, type Source, sourceQuery, usePassages } from '../api/sources.ts'
import { Button, ButtonLink } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Icon } from '../components/icons.tsx'
import { Page } from '../components/page.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { Skeleton } from '../components/skeleton.tsx'
import type { PageProps } from '../routes.tsx'
import { Passages } from './source/passages.tsx'
import { kindName } from './sources/kind-name.ts'

/** A source's words, passage by passage; a passage that the address names is brought into sight and marked. */
export default function SourcePage({ params }: PageProps) {
  const id = params.id!
  const [hash] = useHashLocation()
  const marked = hash.replace(/^[#/]+/, '')
  const source = useQuery(sourceQuery(id))
  if (source.error) return <Missing error={source.error} retry={() => source.refetch()} />
  if (!source.data)
    return (
      <Page title="Source">
        <Skeleton look="text" lines={9} />
      </Page>
    )
  return <SourceView source={source.data} marked={marked} />
}

function SourceView({ source, marked }: { source: Source; marked: string }) {
  const target = useQuery({ ...passageQuery(marked), enabled: marked.startsWith('psg_') })
  const isPlaced = !marked.startsWith('psg_') || !target.isPending
  const passages = usePassages(source.id, target.data?.passage.position ?? 0, isPlaced)
  const items = passages.data?.pages.flatMap((page) => page.items)
  const mayWrite = useMay('documents:write')
  const isThere = items?.some((passage) => passage.id === marked) ?? false
  useEffect(() => {
    if (isThere) document.getElementById(marked)?.scrollIntoView({ block: 'center' })
  }, [marked, isThere])
  return (
    <Page
      title={source.title}
      width="form"
      act={
        mayWrite && (
          <ButtonLink look="primary" href={`/documents/new?source=${source.id}`}>
            Write a post
          </ButtonLink>
        )
      }
    >
      <p className="source-facts muted">
        <Link href="/sources">
          <Icon name="left" /> Sources
        </Link>
        <span>
          {[
            kindName(source.kind),
            source.fileName,
            `${source.words.toLocaleString('en')} words`,
            `${source.passageCount.toLocaleString('en')} passages`,
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </p>
      {passages.error && (
        <ProblemNotice
          error={passages.error}
          act={<Button onClick={() => passages.refetch()}>Try again</Button>}
        />
      )}
      {passages.hasPreviousPage && (
        <div className="more">
          <Button pending={passages.isFetchingPreviousPage} onClick={() => passages.fetchPreviousPage()}>
            Load what stands before
          </Button>
        </div>
      )}
      {items ? (
        <Passages title={source.title} passages={items} marked={marked} />
      ) : (
        <Skeleton look="text" lines={9} />
      )}
      {passages.hasNextPage && (
        <div className="more">
          <Button pending={passages.isFetchingNextPage} onClick={() => passages.fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
    </Page>
  )
}

function Missing({ error, retry }: { error: Error; retry: () => unknown }) {
  const isGone = error instanceof Problem && error.status === 404
  return (
    <Page title={isGone ? 'This source is not here' : 'Source'}>
      {isGone ? (
        <EmptyState
          act={
            <ButtonLink look="primary" href="/sources">
              Go to sources
            </ButtonLink>
          }
        >
          It was deleted, or it belongs to another project.
        </EmptyState>
      ) : (
        <ProblemNotice error={error} act={<Button onClick={retry}>Try again</Button>} />
      )}
    </Page>
  )
}
