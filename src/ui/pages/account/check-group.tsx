import { type ReactNode, useId } from 'react'
import type { Form } from '../../forms/use-form.ts'

type Option = { value: string; label: ReactNode; hint?: string; chosen?: boolean }
type Props<Name extends string> = {
  form: Form<Name>
  name: NoInfer<Name>
  label: string
  options: Option[]
}

/** Several of several, with a word to each. */
export function CheckGroup<Name extends string>({ form, name, label, options }: Props<Name>) {
  const errorId = useId()
  const error = form.errors[name]
  return (
    <fieldset className="check-group">
      <legend>{label}</legend>
      {error && (
        <p className="field-error" id={errorId}>
          {error}
        </p>
      )}
      {options.map(({ value, label, hint, chosen }, index) => (
        <label key={value} className="check">
          <input
            type="checkbox"
            name={name}
            value={value}
            defaultChecked={chosen}
            {...(error && index === 0 && { 'aria-invalid': true, 'aria-describedby': errorId })}
          />
          <span>
            {label} {hint && <span className="muted">{hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  )
}
