import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'

export type ActiveCitation = { marker: string; element: HTMLElement; pinned: boolean }

/** Long enough to pass over a marker on the way elsewhere, and to reach its card. */
const OPEN_MS = 90
const CLOSE_MS = 220

/** Which citation's passage is shown: the one under the pointer, with focus, or pressed. */
export function useActiveCitation(text: RefObject<HTMLElement | null>) {
  const [active, setActive] = useState<ActiveCitation>()
  const latest = useRef(active)
  latest.current = active
  const timer = useRef<Timer>(undefined)
  const returning = useRef(false)

  const change = useCallback((next: ActiveCitation | undefined, afterMs = 0) => {
    clearTimeout(timer.current)
    if (afterMs === 0) setActive(next)
    else timer.current = setTimeout(() => setActive(next), afterMs)
  }, [])
  const close = useCallback(
    (backToMarker: boolean) => {
      const element = latest.current?.element
      change(undefined)
      if (!backToMarker) return
      returning.current = true
      element?.focus()
      returning.current = false
    },
    [change],
  )
  const hold = useCallback(
    (held: boolean) => {
      clearTimeout(timer.current)
      if (!held && !latest.current?.pinned) change(undefined, CLOSE_MS)
    },
    [change],
  )

  useEffect(() => {
    if (!text.current) return
    const stop = listenToMarkers(text.current, {
      hover: (marker) => latest.current?.pinned || change(asActive(marker, false), OPEN_MS),
      focus: (marker) => returning.current || change(asActive(marker, false)),
      press: (marker) => change(asActive(marker, true)),
      leave: () => hold(false),
      dismiss: () => {
        const isShown = latest.current !== undefined
        if (isShown) close(false)
        return isShown
      },
    })
    return () => {
      stop()
      clearTimeout(timer.current)
    }
  }, [text, change, close, hold])

  return { active, close, hold }
}

type Acts = {
  hover(marker: HTMLElement): void
  focus(marker: HTMLElement): void
  press(marker: HTMLElement): void
  leave(): void
  /** Whether there was anything to dismiss. */
  dismiss(): boolean
}

/** Listens on the text as a whole: its markers come and go with versions. Returns how to stop. */
function listenToMarkers(text: HTMLElement, acts: Acts): () => void {
  const listening = new AbortController()
  const { signal } = listening
  const press = (event: Event) => {
    const marker = markerAt(event.target)
    if (!marker) return
    event.preventDefault()
    acts.press(marker)
  }
  const onOver = (event: PointerEvent) => {
    const marker = markerAt(event.target)
    if (marker && event.pointerType === 'mouse') acts.hover(marker)
  }
  const onFocus = (event: FocusEvent) => {
    const marker = markerAt(event.target)
    if (marker?.matches(':focus-visible')) acts.focus(marker)
  }
  const onBlur = (event: FocusEvent) => {
    if (markerAt(event.target) && !isInCard(event.relatedTarget)) acts.leave()
  }
  text.addEventListener('pointerover', onOver, { signal })
  text.addEventListener('pointerout', (event) => markerAt(event.target) && acts.leave(), { signal })
  text.addEventListener('focusin', onFocus, { signal })
  text.addEventListener('focusout', onBlur, { signal })
  text.addEventListener('click', press, { signal })
  text.addEventListener('keydown', (event) => event.key === ' ' && press(event), { signal })
  const onElsewhere = (event: Event) => {
    if (!isInCard(event.target) && !markerAt(event.target)) acts.dismiss()
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !isInCard(event.target) && acts.dismiss()) event.preventDefault()
  }
  document.addEventListener('pointerdown', onElsewhere, { signal })
  document.addEventListener('keydown', onKey, { signal })
  return () => listening.abort()
}

const asActive = (element: HTMLElement, pinned: boolean): ActiveCitation => ({
  marker: element.dataset.citation!,
  element,
  pinned,
})

const markerAt = (target: EventTarget | null) =>
  target instanceof Element ? target.closest<HTMLElement>('a[data-citation]') : null

const isInCard = (target: EventTarget | null) =>
  target instanceof Element && target.closest('.passage-card') !== null
