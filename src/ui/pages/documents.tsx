import { useMemo } from 'react'
import { Link, useLocation } from 'wouter'
import { type Document, deleteDocument, undeleteDocument, useDocuments } from '../api/documents.ts'
import { useMay } from '../api/projects.ts'
import { type Run, useRecentRuns } from '../api/runs.ts'
import { useSession } from '../api/session.ts'
import { useSources } from '../api/sources.ts'
import { Badge } from '../components/badge.tsx'
import { Button, ButtonLink } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Menu, type MenuItem } from '../components/menu.tsx'
import { Page } from '../components/page.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { Skeleton } from '../components/skeleton.tsx'
import { Moment } from '../components/time.tsx'
import { toast } from '../components/toasts.tsx'
import { SampleCard } from './documents/sample-card.tsx'
import { workState } from './documents/work-state.ts'

/** The project's documents, newest first, each with the state of its latest work. */
export default function Documents() {
  const documents = useDocuments()
  const runs = useRecentRuns().data
  const latest = useMemo(() => latestByDocument(runs ?? []), [runs])
  const items = documents.data?.pages.flatMap((page) => page.items)
  const mayWrite = useMay('documents:write')
  return (
    <Page
      title="Documents"
      act={
        mayWrite && (
          <ButtonLink href="/documents/new" look={items?.length === 0 ? 'plain' : 'primary'} icon="plus">
            New document
          </ButtonLink>
        )
      }
    >
      {documents.error && (
        <ProblemNotice
          error={documents.error}
          act={<Button onClick={() => documents.refetch()}>Try again</Button>}
        />
      )}
      {!items && !documents.error && <Skeleton lines={6} />}
      {items?.length === 0 && <NoDocuments />}
      {items && items.length > 0 && (
        <ul className="rows">
          {items.map((document) => (
            <DocumentRow key={document.id} document={document} run={latest.get(document.id)} />
          ))}
        </ul>
      )}
      {documents.hasNextPage && (
        <div className="more">
          <Button pending={documents.isFetchingNextPage} onClick={() => documents.fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
    </Page>
  )
}

function DocumentRow({ document, run }: { document: Document; run: Run | undefined }) {
  const [, navigate] = useLocation()
  const { id, title, sourceIds, currentVersion, updatedAt } = document
  const state = workState(document, run)
  const mayWrite = useMay('documents:write')
  const open: MenuItem = { label: 'Open', icon: 'document', run: () => navigate(`/documents/${id}`) }
  const remove = () => void removeDocument(document)
  return (
    <li className="row">
      <div className="row-main">
        <Link href={`/documents/${id}`} className="row-title" dir="auto">
          {title}
        </Link>
        <p className="muted">
          {sourceIds.length === 1 ? '1 source' : `${sourceIds.length} sources`}
          {currentVersion !== null && ` · version ${currentVersion}`}
        </p>
      </div>
      <Badge tone={state.tone}>{state.word}</Badge>
      <span className="row-time muted">
        <Moment at={updatedAt} />
      </span>
      <Menu
        label={`Acts for ${title}`}
        icon="more"
        look="quiet"
        items={[
          open,
          ...(mayWrite ? [{ label: 'Delete', icon: 'trash', danger: true, run: remove } as const] : []),
        ]}
      />
    </li>
  )
}

/** Deletes at once and offers to take it back. */
export async function removeDocument({ id, title }: Pick<Document, 'id' | 'title'>) {
  try {
    const deleting = deleteDocument(id)
    toast(`“${title}” was deleted.`, {
      undo: () =>
        void deleting.then(
          () => bringBack(id),
          () => {},
        ),
    })
    await deleting
  } catch (error) {
    toast(`“${title}” was not deleted. ${(error as Error).message}`, { isError: true })
  }
}

async function bringBack(id: string) {
  await undeleteDocument(id).catch((error: Error) => toast(error.message, { isError: true }))
}

function NoDocuments() {
  const sources = useSources().data?.pages[0]?.items
  const demo = useSession().data?.door.demo
  const mayWrite = useMay('documents:write')
  const sample =
    demo && mayWrite ? sources?.find((source) => source.fileName === 'sample-talk.md') : undefined
  if (sample) return <SampleCard source={sample} />
  if (!sources) return null
  return (
    <EmptyState
      act={
        mayWrite && (
          <ButtonLink href="/documents/new" look="primary" icon="plus">
            New document
          </ButtonLink>
        )
      }
    >
      Posts will stand here, each made from your own words: a transcript, notes, an article.
    </EmptyState>
  )
}

function latestByDocument(runs: Run[]): Map<string, Run> {
  const latest = new Map<string, Run>()
  for (const run of runs) if (!latest.has(run.documentId)) latest.set(run.documentId, run)
  return latest
}
