import { type ReactNode, useId } from 'react'

type Names = { id: string; 'aria-describedby': string | undefined }

/** A labelled control; `hint` says what is expected before anything goes wrong. */
export function Field({
  label,
  hint,
  children,
}: {
  label: string
  hint?: string
  children: (names: Names) => ReactNode
}) {
  const id = useId()
  const hintId = `${id}-hint`
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': hint ? hintId : undefined })}
      {hint && (
        <p className="hint" id={hintId}>
          {hint}
        </p>
      )}
    </div>
  )
}
