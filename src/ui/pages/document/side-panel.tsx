import type { ReactNode } from 'react'
import type { Citation, TaggedDocument, Version } from '../../api/documents.ts'
import { IconButton } from '../../components/button.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { CitationList } from './citation-list.tsx'
import { SearchPreview } from './search-preview.tsx'
import { type PanelTab, tabsHere } from './use-panel.ts'
import { VersionList } from './version-list.tsx'

type Props = {
  tab: PanelTab
  onTab: (tab: PanelTab | '') => void
  document: TaggedDocument
  version: Version
  newest: number
  citations: ReadonlyMap<string, Citation>
  active: string | undefined
  outline: ReactNode
}

/** Beside the text: where it came from, what it was before, how a search engine shows it. */
export const SidePanel = ({ tab, onTab, document, version, newest, citations, active, outline }: Props) => (
  <aside className="desk-panel" aria-label="About this version">
    <Tabs
      label="About this version"
      tabs={tabsHere()}
      value={tab}
      onChange={onTab}
      end={<IconButton icon="cross" label="Close the panel" onClick={() => onTab('')} />}
    >
      {tab === 'outline' && outline}
      {tab === 'sources' && <CitationList citations={citations} active={active} />}
      {tab === 'versions' && <VersionList id={document.id} shown={version.number} newest={newest} />}
      {tab === 'search' && <SearchPreview version={version} />}
    </Tabs>
  </aside>
)
