import { useSyncExternalStore } from 'react'

/** A section as far as it was heard. `whole` is false when its beginning or a piece of it was missed. */
export type HeardText = { attempt: number; text: string; whole: boolean }

type Piece = { jobId: string; attempt: number; offset: number; text: string }

/** Of so many sections the text is kept, those heard last: a tab stays open for weeks. */
export const SECTIONS_HEARD_MAX = 100

const heard = new Map<string, HeardText & { end: number }>()
const listeners = new Set<() => void>()
let isDrawing = false

/** Adds a piece of a section's text: a new attempt starts over, a piece heard before is dropped, a gap is noted. */
export function hearText({ jobId, attempt, offset, text }: Piece) {
  const known = heard.get(jobId)
  if (known && known.attempt > attempt) return
  const current = known?.attempt === attempt ? known : { attempt, text: '', whole: true, end: 0 }
  if (offset < current.end) return
  const whole = current.whole && offset === current.end
  heard.delete(jobId)
  heard.set(jobId, { attempt, text: current.text + text, whole, end: offset + text.length })
  const [oldest] = heard.keys()
  if (heard.size > SECTIONS_HEARD_MAX && oldest) heard.delete(oldest)
  if (isDrawing) return
  isDrawing = true
  requestAnimationFrame(() => {
    isDrawing = false
    for (const listener of listeners) listener()
  })
}

export const heardText = (jobId: string | undefined): HeardText | undefined =>
  jobId ? heard.get(jobId) : undefined

export const useHeardText = (jobId: string | undefined): HeardText | undefined =>
  useSyncExternalStore(subscribe, () => heardText(jobId))

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}
