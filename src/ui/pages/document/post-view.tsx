import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import {
  bodyQuery,
  type Citation,
  type TaggedDocument,
  type Version,
  versionQuery,
} from '../../api/documents.ts'
import { type Run, resumeRun } from '../../api/runs.ts'
import { Button } from '../../components/button.tsx'
import { useTabTitle } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { Moment } from '../../components/time.tsx'
import { toast } from '../../components/toasts.tsx'
import { useShortcut } from '../../keyboard/shortcuts.ts'
import { useOfferCommands } from '../../shell/page-commands.ts'
import { DeskBar } from './desk-bar.tsx'
import { DocumentTitle } from './document-title.tsx'
import { ExportMenu } from './export-menu.tsx'
import { OldVersionNotice } from './old-version-notice.tsx'
import { goToHeading, Outline } from './outline.tsx'
import { PassageCard } from './passage-card.tsx'
import { PostBody, type PostHeading } from './post-body.tsx'
import { SidePanel } from './side-panel.tsx'
import { useActiveCitation } from './use-active-citation.ts'
import { usePanel } from './use-panel.ts'

const WORDS_PER_MINUTE = 220
const group = 'Document'

type Props = {
  document: TaggedDocument
  number: number
  newest: number
  stopped: Run | undefined
  menu: ReactNode
}

/** A finished version: the text at its measure, its outline, and beside it what is asked for. */
export function PostView({ document, number, newest, stopped, menu }: Props) {
  const version = useQuery(versionQuery(document.id, number))
  const body = useQuery(bodyQuery(document.id, number))
  const citations = useMemo(() => citationsOf(version.data), [version.data])
  const [headings, setHeadings] = useState<PostHeading[]>([])
  const text = useRef<HTMLElement>(null)
  const citation = useActiveCitation(text)
  const [panel, setPanel] = usePanel()
  const error = version.error ?? body.error
  const shown = citation.active && citations.get(citation.active.marker)

  useTabTitle(useFinishedUnseen(newest) ? `Written · ${document.title}` : document.title)
  usePageArrival(headings)
  useSectionCommands(headings)
  useShortcut({ keys: 's', label: 'Show or hide sources', group }, () =>
    setPanel(panel === 'sources' ? '' : 'sources'),
  )
  useShortcut({ keys: 'h', label: 'Show or hide versions', group }, () =>
    setPanel(panel === 'versions' ? '' : 'versions'),
  )

  return (
    <div className="desk" data-panel={panel || undefined}>
      <DeskBar>
        <Button
          look="quiet"
          aria-pressed={panel === 'sources'}
          onClick={() => setPanel(panel === 'sources' ? '' : 'sources')}
        >
          Sources
        </Button>
        <Button
          look="quiet"
          aria-pressed={panel === 'versions'}
          onClick={() => setPanel(panel === 'versions' ? '' : 'versions')}
        >
          Version {number}
        </Button>
        <ExportMenu post={{ id: document.id, number, title: document.title, slug: slugOf(version.data) }} />
        {menu}
      </DeskBar>
      <aside className="desk-outline" aria-label="Outline">
        <Outline headings={headings} text={text} />
      </aside>
      <article className="desk-text" ref={text}>
        {stopped && number === newest && <StoppedNotice run={stopped} />}
        {number < newest && <OldVersionNotice id={document.id} number={number} newest={newest} />}
        <DocumentTitle document={document} />
        {version.data && <Facts version={version.data} />}
        {error && (
          <ProblemNotice
            error={error}
            act={<Button onClick={() => [version, body].map((each) => each.refetch())}>Try again</Button>}
          />
        )}
        {version.data && body.data !== undefined ? (
          <PostBody key={number} html={body.data} citations={citations} onHeadings={setHeadings} />
        ) : (
          !error && <Skeleton look="text" lines={9} />
        )}
      </article>
      {panel && version.data && (
        <SidePanel
          tab={panel}
          onTab={setPanel}
          document={document}
          version={version.data}
          newest={newest}
          citations={citations}
          active={citation.active?.marker}
          outline={<Outline headings={headings} text={text} />}
        />
      )}
      {citation.active && shown && (
        <PassageCard
          key={shown.marker}
          citation={shown}
          anchor={citation.active.element}
          pinned={citation.active.pinned}
          onClose={citation.close}
          onHold={citation.hold}
        />
      )}
    </div>
  )
}

/** Whether a version came while nobody looked at this tab. */
function useFinishedUnseen(newest: number): boolean {
  const seen = useRef(window.document.visibilityState === 'visible' ? newest : newest - 1)
  const [unseen, setUnseen] = useState(false)
  useEffect(() => {
    const look = () => {
      const isSeen = window.document.visibilityState === 'visible'
      setUnseen(!isSeen && newest > seen.current)
      if (isSeen) seen.current = newest
    }
    look()
    window.document.addEventListener('visibilitychange', look)
    return () => window.document.removeEventListener('visibilitychange', look)
  }, [newest])
  return unseen
}

const Facts = ({ version }: { version: Version }) => (
  <p className="facts">
    {version.words.toLocaleString('en')} words · {Math.max(1, Math.round(version.words / WORDS_PER_MINUTE))}{' '}
    min to read · <Moment at={version.createdAt} />
  </p>
)

function StoppedNotice({ run }: { run: Run }) {
  const why =
    run.state === 'failed'
      ? `The last run failed: ${run.error?.message ?? 'no reason is known.'}`
      : 'The last run was cancelled.'
  const resume = () => resumeRun(run.id).catch((error: Error) => toast(error.message, { isError: true }))
  return (
    <div className="notice">
      <p>{why} This version is as it was before.</p>
      <Button onClick={resume}>Resume</Button>
    </div>
  )
}

/** A link into the post is followed once its headings are there. */
function usePageArrival(headings: PostHeading[]) {
  const arrived = useRef(false)
  useEffect(() => {
    if (arrived.current || headings.length === 0) return
    arrived.current = true
    goToHeading(headings.find(({ id }) => `#${id}` === decodeURIComponent(location.hash)))
  }, [headings])
}

function useSectionCommands(headings: PostHeading[]) {
  const commands = useMemo(
    () =>
      headings.map((heading) => ({
        key: heading.id,
        label: heading.text,
        icon: 'document' as const,
        kind: 'Section',
        run: () => goToHeading(heading),
      })),
    [headings],
  )
  useOfferCommands(commands)
}

function citationsOf(version: Version | undefined): ReadonlyMap<string, Citation> {
  const all = version
    ? [...version.preamble.citations, ...version.sections.flatMap((section) => section.citations)]
    : []
  return new Map(all.map((citation) => [citation.marker, citation]))
}

const slugOf = (version: Version | undefined) => version?.frontmatter.slug || 'post'
