/**
 * For the `ref` of what may go while the focus is in it: the keyboard then goes on from what comes next in the list, else
 * from what was before it, else from the head of what the list is in, and at last from the title of the page.
 */
export function handOnFocus(element: HTMLElement | null) {
  return () => {
    if (!element?.contains(document.activeElement)) return
    const heirs = [
      element.nextElementSibling,
      element.previousElementSibling,
      element.closest('.letter-group'),
    ]
    queueMicrotask(() => {
      if (document.activeElement !== document.body) return
      for (const heir of [...heirs, document.querySelector('main h1')]) if (takeFocus(heir)) return
    })
  }
}

/** Gives the focus to the first button in an element, or to a heading itself; false when neither is on the page. */
function takeFocus(element: Element | null): boolean {
  const heading = element instanceof HTMLHeadingElement ? element : null
  if (heading) heading.tabIndex = -1
  const target = heading ?? element?.querySelector<HTMLElement>('button')
  target?.focus()
  return target !== undefined && target !== null && document.activeElement === target
}
