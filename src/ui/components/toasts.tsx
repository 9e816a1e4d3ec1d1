import { useEffect, useSyncExternalStore } from 'react'
import { Button, IconButton } from './button.tsx'

/**
 * `act` is offered where what was done cannot be undone, but something near to it can be. Of two notices about the
 * same thing, the newer takes the place of the older.
 */
export type Toast = {
  text: string
  undo?: () => void
  act?: { label: string; run: () => void }
  isError?: boolean
  about?: string
}
type Shown = Toast & { id: number }

const UNDO_MS = 10_000
const READ_MS = 5_000

let shown: Shown[] = []
let count = 0
const listeners = new Set<() => void>()

/** Says the result of something that is not on the screen. Errors stay until they are closed. */
export function toast(text: string, options: Omit<Toast, 'text'> = {}) {
  const id = ++count
  const others = shown.filter(({ about }) => about === undefined || about !== options.about)
  change([...others.slice(-2), { text, id, ...options }])
  if (!options.isError) setTimeout(() => dismiss(id), options.undo || options.act ? UNDO_MS : READ_MS)
}

/** Takes back the offers to undo: what was done in one project is not undone from another. */
export const dropUndo = () => change(shown.filter((each) => !each.undo && !each.act))

export function Toasts() {
  const toasts = useSyncExternalStore(subscribe, () => shown)
  useUndoKey(toasts.findLast((each) => each.undo))
  return (
    <section className="toasts" aria-label="Notices">
      <div role="status">
        {toasts.map((each) => (
          <div key={each.id} className="toast" data-error={each.isError || undefined}>
            <p>{each.text}</p>
            {each.undo && (
              <Button look="quiet" onClick={() => undo(each)}>
                Undo
              </Button>
            )}
            {each.act && (
              <Button look="quiet" onClick={() => take(each)}>
                {each.act.label}
              </Button>
            )}
            <IconButton icon="cross" label="Close notice" onClick={() => dismiss(each.id)} />
          </div>
        ))}
      </div>
    </section>
  )
}

function useUndoKey(last: Shown | undefined) {
  useEffect(() => {
    if (!last) return
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.matches('input, textarea, select')
      if (typing || event.key !== 'z' || event.shiftKey || !(event.metaKey || event.ctrlKey)) return
      event.preventDefault()
      undo(last)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [last])
}

function undo({ id, undo }: Shown) {
  dismiss(id)
  undo?.()
}

function take({ id, act }: Shown) {
  dismiss(id)
  act?.run()
}

const dismiss = (id: number) => change(shown.filter((each) => each.id !== id))

function change(next: Shown[]) {
  shown = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}
