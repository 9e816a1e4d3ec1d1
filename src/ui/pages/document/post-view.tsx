import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import {
  bodyQuery,
  type Citation,
  type TaggedDocument,
  type Version,
  versionQuery,
} from '../../api/documents.ts'
import type { Run } from '../../api/runs.ts'
import { Button } from '../../components/button.tsx'
import { useTabTitle } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { Moment } from '../../components/time.tsx'
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
import { StoppedNotice } from './stopped-notice.tsx'
import { useActiveCitation } from './use-active-citation.ts'
import { useFinishedUnseen } from './use-finished-unseen.ts'
import { type PanelTab, usePanel } from './use-panel.ts'

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
  usePanelKeys(panel, setPanel)

  return (
    <div className="desk" data-panel={panel || undefined}>
      <DeskBar>
        <PanelButton tab="sources" panel={panel} onPanel={setPanel}>
          Sources
        </PanelButton>
        <PanelButton tab="versions" panel={panel} onPanel={setPanel}>
          Version {number}
        </PanelButton>
        <ExportMenu post={{ id: document.id, number, title: document.title }} />
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

type PanelButtonProps = {
  tab: PanelTab
  panel: PanelTab | ''
  onPanel: (panel: PanelTab | '') => void
  children: ReactNode
}

const PanelButton = ({ tab, panel, onPanel, children }: PanelButtonProps) => (
  <Button look="quiet" aria-pressed={panel === tab} onClick={() => onPanel(panel === tab ? '' : tab)}>
    {children}
  </Button>
)

const Facts = ({ version }: { version: Version }) => (
  <p className="facts">
    {version.words.toLocaleString('en')} words · {Math.max(1, Math.round(version.words / WORDS_PER_MINUTE))}{' '}
    min to read · <Moment at={version.createdAt} />
  </p>
)

function usePanelKeys(panel: PanelTab | '', setPanel: (panel: PanelTab | '') => void) {
  const toggle = (tab: PanelTab) => setPanel(panel === tab ? '' : tab)
  useShortcut({ keys: 's', label: 'Show or hide sources', group }, () => toggle('sources'))
  useShortcut({ keys: 'h', label: 'Show or hide versions', group }, () => toggle('versions'))
  useShortcut({ keys: 'Escape', label: 'Close the panel', group }, () => setPanel(''), panel !== '')
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
