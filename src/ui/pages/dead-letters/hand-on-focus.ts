/** For the `ref` of what may go while the focus is in it: the keyboard then goes on from the page, not from its top. */
export function handOnFocus(element: HTMLElement | null) {
  return () => {
    if (!element?.contains(document.activeElement)) return
    queueMicrotask(() => {
      if (document.activeElement === document.body)
        document.getElementById('main')?.focus({ preventScroll: true })
    })
  }
}
