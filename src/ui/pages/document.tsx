import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { Problem } from '../api/client.ts'
import { documentQuery, type TaggedDocument } from '../api/documents.ts'
import { useMay } from '../api/projects.ts'
import { isActive, type Run, startRun, useLatestRun } from '../api/runs.ts'
import { Button, ButtonLink } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Menu, type MenuItem } from '../components/menu.tsx'
import { Page } from '../components/page.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { Skeleton } from '../components/skeleton.tsx'
import { toast } from '../components/toasts.tsx'
import type { PageProps } from '../routes.tsx'
import { DeskBar } from './document/desk-bar.tsx'
import { DocumentTitle } from './document/document-title.tsx'
import { PostView } from './document/post-view.tsx'
import { RunView } from './document/run-view.tsx'
import { removeDocument } from './documents.tsx'

/** A document: its run while one is going, its newest version otherwise, or the version its address names. */
export default function DocumentPage({ params }: PageProps) {
  const id = params.id!
  const document = useQuery(documentQuery(id))
  const run = useLatestRun(id)
  if (document.error) return <Missing error={document.error} retry={() => document.refetch()} />
  if (!document.data || run.isPending) return <Waiting />
  const newest = newestNumber(document.data, run.data)
  const menu = <DocumentMenu document={document.data} />
  const chosen = params.number === undefined ? undefined : Number(params.number)
  const working =
    run.data && chosen === undefined && (isActive(run.data) || newest === 0) ? run.data : undefined
  if (working) return <RunView id={working.id} title={document.data.title} menu={menu} />
  if (newest === 0) return <Unwritten document={document.data} />
  return (
    <PostView
      key={id}
      document={document.data}
      number={chosen ?? newest}
      newest={newest}
      stopped={run.data && !isActive(run.data) && run.data.state !== 'succeeded' ? run.data : undefined}
      menu={menu}
    />
  )
}

/** A run that has just saved a version may be heard of before the document that has it. */
const newestNumber = (document: TaggedDocument, run: Run | null | undefined) =>
  Math.max(document.currentVersion ?? 0, run?.versionNumber ?? 0)

function DocumentMenu({ document }: { document: TaggedDocument }) {
  const [, navigate] = useLocation()
  const mayRun = useMay('pipelines:run')
  const mayWrite = useMay('documents:write')
  const writeAgain = async () => {
    try {
      await startRun(document.id, {})
      navigate(`/documents/${document.id}`)
    } catch (error) {
      toast((error as Error).message, { isError: true })
    }
  }
  const remove = () => {
    navigate('/')
    void removeDocument(document)
  }
  const items: MenuItem[] = []
  if (mayRun) items.push({ label: 'Write again', hint: 'as a new version', icon: 'restore', run: writeAgain })
  if (mayWrite) items.push({ label: 'Delete', icon: 'trash', danger: true, run: remove })
  return items.length > 0 && <Menu label="More acts" icon="more" look="quiet" items={items} />
}

function Unwritten({ document }: { document: TaggedDocument }) {
  const [failure, setFailure] = useState<unknown>()
  const [pending, setPending] = useState(false)
  const write = () => {
    setPending(true)
    startRun(document.id, {})
      .catch(setFailure)
      .finally(() => setPending(false))
  }
  return (
    <div className="desk">
      <DeskBar>
        <DocumentMenu document={document} />
      </DeskBar>
      <article className="desk-text desk-alone">
        <DocumentTitle document={document} />
        {failure !== undefined && <ProblemNotice error={failure} />}
        <Beginning hasSources={document.sourceIds.length > 0} pending={pending} write={write} />
      </article>
    </div>
  )
}

type BeginningProps = { hasSources: boolean; pending: boolean; write: () => void }

/** What can be done about a document without a word, by whom. */
function Beginning({ hasSources, pending, write }: BeginningProps) {
  const mayRun = useMay('pipelines:run')
  const act = hasSources ? (
    <Button look="primary" pending={pending} onClick={write}>
      Write post
    </Button>
  ) : (
    <ButtonLink look="primary" href="/documents/new">
      New document
    </ButtonLink>
  )
  if (!mayRun) return <EmptyState>Nothing has been written yet.</EmptyState>
  return (
    <EmptyState act={act}>
      {hasSources
        ? 'Nothing has been written yet. The post will be made from the sources of this document.'
        : 'This document has no source to write from. Begin a new one with a source.'}
    </EmptyState>
  )
}

const Waiting = () => (
  <div className="desk">
    <DeskBar />
    <div className="desk-text desk-alone">
      <Skeleton look="text" lines={9} />
    </div>
  </div>
)

function Missing({ error, retry }: { error: Error; retry: () => unknown }) {
  const isGone = error instanceof Problem && error.status === 404
  if (!isGone)
    return (
      <Page title="Document">
        <ProblemNotice error={error} act={<Button onClick={retry}>Try again</Button>} />
      </Page>
    )
  return (
    <Page title="This document is not here">
      <EmptyState
        act={
          <ButtonLink look="primary" href="/">
            Go to documents
          </ButtonLink>
        }
      >
        It was deleted, or it belongs to another project.
      </EmptyState>
    </Page>
  )
}
