import { type ReactNode, useEffect, useRef } from 'react'
import { IconButton } from './button.tsx'

/**
 * A native modal dialog: the browser keeps focus inside, Esc and a press outside close it. The focus begins at what is
 * marked `data-first`, else at the first thing that takes it.
 */
export function Dialog({
  title,
  hideTitle = false,
  onClose,
  children,
}: {
  title: string
  hideTitle?: boolean
  onClose: () => void
  children: ReactNode
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const element = dialog.current!
    const before = document.activeElement
    element.showModal()
    element.querySelector<HTMLElement>('[data-first]')?.focus()
    return () => {
      element.close()
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the press outside has Esc beside it
    <dialog
      ref={dialog}
      className="dialog"
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      {!hideTitle && (
        <header>
          <h2>{title}</h2>
          <IconButton icon="cross" label="Close" onClick={onClose} />
        </header>
      )}
      {children}
    </dialog>
  )
}
