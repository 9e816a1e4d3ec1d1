import { type KeyboardEvent, type ReactNode, useId, useState } from 'react'

/** A text field and the list that it narrows, moved through with the arrow keys (ARIA APG, combobox with a list). */
export function ComboList<T extends { key: string }>({
  label,
  placeholder,
  query,
  onQuery,
  options,
  onChoose,
  onKey,
  children,
}: {
  label: string
  placeholder: string
  query: string
  onQuery: (query: string) => void
  options: readonly T[]
  onChoose: (option: T | undefined) => void
  /** Sees a key before the list does; returns true when it was its. */
  onKey?: (key: string) => boolean
  children: (option: T) => ReactNode
}) {
  const [at, setAt] = useState(0)
  const id = useId()
  const handleKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) setAt((at + step + options.length) % Math.max(1, options.length))
    else if (event.key === 'Enter') onChoose(options[at])
    else if (!onKey?.(event.key)) return
    event.preventDefault()
  }
  return (
    <div className="palette">
      <input
        // biome-ignore lint/a11y/noAutofocus: it stands alone in a dialog that was just asked for
        autoFocus
        role="combobox"
        aria-label={label}
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={options[at] ? `${id}-${at}` : undefined}
        placeholder={placeholder}
        value={query}
        onChange={(event) => {
          onQuery(event.target.value)
          setAt(0)
        }}
        onKeyDown={handleKey}
      />
      <div id={id} role="listbox" aria-label="Results" className="palette-list">
        {options.map((option, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the text field has the keys of its list
          <div
            key={option.key}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            ref={index === at ? scrollIntoView : undefined}
            onPointerMove={() => setAt(index)}
            onClick={() => onChoose(option)}
          >
            {children(option)}
          </div>
        ))}
      </div>
    </div>
  )
}

const scrollIntoView = (element: HTMLElement | null) => element?.scrollIntoView({ block: 'nearest' })
