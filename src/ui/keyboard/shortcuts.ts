import { useEffect, useRef, useSyncExternalStore } from 'react'

/** `keys` are pressed one after the other: `g d`, `?`, `[`. */
export type Shortcut = { keys: string; label: string; group: string }

type Active = Shortcut & { run(): void }

const SEQUENCE_MS = 1_000
const SETTING = 'quill-single-keys'

const active: Active[] = []
const listeners = new Set<() => void>()
let shown: readonly Shortcut[] = []
let pressed: { keys: string; at: number } = { keys: '', at: 0 }

/** Makes keys do something while the component is on the page and `enabled`. */
export function useShortcut({ keys, label, group }: Shortcut, run: () => void, enabled = true) {
  const latest = useRef(run)
  latest.current = run
  useEffect(() => {
    if (!enabled) return
    const shortcut = { keys, label, group, run: () => latest.current() }
    active.push(shortcut)
    notify()
    return () => {
      active.splice(active.indexOf(shortcut), 1)
      notify()
    }
  }, [keys, label, group, enabled])
}

/** The shortcuts that work on this page now. */
export const useShortcuts = () => useSyncExternalStore(subscribe, () => shown)

/** Whether single keys do anything at all: a setting of this browser, for people who dictate. */
export const useSingleKeys = () => useSyncExternalStore(subscribe, singleKeysOn)

export function setSingleKeys(on: boolean) {
  localStorage.setItem(SETTING, on ? 'on' : 'off')
  notify()
}

export function listenForShortcuts(): () => void {
  addEventListener('keydown', onKey)
  return () => removeEventListener('keydown', onKey)
}

function onKey(event: KeyboardEvent) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
  if (!singleKeysOn() && event.key !== 'Escape') return
  if (isTyping(event.target) || document.querySelector('dialog[open]')) return
  const keys = event.timeStamp - pressed.at < SEQUENCE_MS ? `${pressed.keys} ${event.key}`.trim() : event.key
  const shortcut =
    active.findLast((each) => each.keys === keys) ?? active.findLast((each) => each.keys === event.key)
  pressed = { keys: shortcut ? '' : event.key, at: event.timeStamp }
  if (!shortcut) return
  event.preventDefault()
  shortcut.run()
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))

const singleKeysOn = () => localStorage.getItem(SETTING) !== 'off'

function notify() {
  const byKeys = new Map(active.map(({ keys, label, group }) => [keys, { keys, label, group }]))
  shown = [...byKeys.values()]
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}
