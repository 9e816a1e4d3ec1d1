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
  const returning = useRef(false)
  const timer = useRef<Timer>(undefined)

  const later = useCallback((change: () => void, ms: number) => {
    clearTimeout(timer.current)
    timer.current = setTimeout(change, ms)
  }, [])
  const close = useCallback((backToMarker: boolean) => {
    clearTimeout(timer.current)
    const element = latest.current?.element
    setActive(undefined)
    if (!backToMarker) return
    returning.current = true
    element?.focus()
    returning.current = false
  }, [])
  const hold = useCallback(
    (held: boolean) => {
      clearTimeout(timer.current)
      if (!held && !latest.current?.pinned) later(() => setActive(undefined), CLOSE_MS)
    },
    [later],
  )

  useEffect(() => {
    const root = text.current
    if (!root) return
    const listening = new AbortController()
    const listen = <K extends keyof HTMLElementEventMap>(
      type: K,
      act: (event: HTMLElementEventMap[K]) => void,
    ) => root.addEventListener(type, act, { signal: listening.signal })
    const show = (element: HTMLElement, pinned: boolean) => {
      clearTimeout(timer.current)
      setActive({ marker: element.dataset.citation!, element, pinned })
    }

    listen('pointerover', (event) => {
      const element = markerAt(event.target)
      if (element && event.pointerType === 'mouse' && !latest.current?.pinned)
        later(() => show(element, false), OPEN_MS)
    })
    listen('pointerout', (event) => {
      if (markerAt(event.target)) hold(false)
    })
    listen('focusin', (event) => {
      const element = markerAt(event.target)
      if (element?.matches(':focus-visible') && !returning.current) show(element, false)
    })
    listen('focusout', (event) => {
      if (markerAt(event.target) && !cardHas(event.relatedTarget)) hold(false)
    })
    const press = (event: Event) => {
      const element = markerAt(event.target)
      if (!element) return
      event.preventDefault()
      show(element, true)
    }
    listen('click', press)
    listen('keydown', (event) => {
      if (event.key === ' ') press(event)
    })
    document.addEventListener(
      'pointerdown',
      (event) => {
        if (latest.current && !cardHas(event.target) && !markerAt(event.target)) close(false)
      },
      { signal: listening.signal },
    )
    document.addEventListener(
      'keydown',
      (event) => {
        if (event.key === 'Escape' && latest.current && !cardHas(event.target)) close(false)
      },
      { signal: listening.signal },
    )
    return () => {
      listening.abort()
      clearTimeout(timer.current)
    }
  }, [text, close, hold, later])

  return { active, close, hold }
}

const markerAt = (target: EventTarget | null) =>
  target instanceof Element ? target.closest<HTMLElement>('a[data-citation]') : null

const cardHas = (target: EventTarget | null) =>
  target instanceof Element && target.closest('.passage-card') !== null
