import { type ComponentProps, useState } from 'react'
import { Field } from '../components/field.tsx'
import type { Form } from './use-form.ts'

type Props<Name extends string> = Omit<ComponentProps<'input'>, 'form' | 'name'> & {
  form: Form<Name>
  name: NoInfer<Name>
  label: string
  hint?: string
}

/** A line of text in a form, with what is wrong with it under it. */
export const TextField = <Name extends string>({ form, name, label, hint, ...input }: Props<Name>) => (
  <Field label={label} hint={hint} error={form.errors[name]}>
    {(names) => <input type="text" {...input} {...names} name={name} />}
  </Field>
)

/** An address, under the name by which password managers know it. */
export const EmailField = <Name extends string>(props: Omit<Props<Name>, 'label'> & { label?: string }) => (
  <TextField
    label="E-mail address"
    type="email"
    autoComplete="username"
    autoCapitalize="none"
    spellCheck={false}
    {...props}
  />
)

/** A password, which can be looked at while it is typed. `kind` tells password managers what to do with it. */
export function PasswordField<Name extends string>({
  form,
  name,
  label,
  hint,
  kind,
  ...input
}: Props<Name> & { kind: 'current' | 'new' }) {
  const [shown, setShown] = useState(false)
  return (
    <Field label={label} hint={hint} error={form.errors[name]}>
      {(names) => (
        <div className="password">
          <input
            {...input}
            {...names}
            name={name}
            type={shown ? 'text' : 'password'}
            autoComplete={`${kind}-password`}
            autoCapitalize="none"
            spellCheck={false}
          />
          <button
            type="button"
            aria-label={`${shown ? 'Hide' : 'Show'} ${label.toLowerCase()}`}
            onClick={() => setShown(!shown)}
          >
            {shown ? 'Hide' : 'Show'}
          </button>
        </div>
      )}
    </Field>
  )
}
