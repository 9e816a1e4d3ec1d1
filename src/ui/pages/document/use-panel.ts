import { useState } from 'react'

export const panelTabs = [
  { value: 'outline', label: 'Outline' },
  { value: 'sources', label: 'Sources' },
  { value: 'versions', label: 'Versions' },
  { value: 'search', label: 'Search preview' },
] as const

export type PanelTab = (typeof panelTabs)[number]['value']

const wide = matchMedia('(width >= 64rem)')

/** The outline stands at the side where there is room for it. */
export const tabsHere = () => panelTabs.filter((tab) => tab.value !== 'outline' || !wide.matches)

const SETTING = 'quill-panel'

/** Which tab of the side panel is open, if any: remembered by this browser. */
export function usePanel(): [PanelTab | '', (tab: PanelTab | '') => void] {
  const [panel, setPanel] = useState<PanelTab | ''>(() => {
    const kept = matchMedia('(width >= 80rem)').matches ? localStorage.getItem(SETTING) : ''
    return tabsHere().find((tab) => tab.value === kept)?.value ?? ''
  })
  const change = (tab: PanelTab | '') => {
    localStorage.setItem(SETTING, tab)
    setPanel(tab)
  }
  return [panel, change]
}
