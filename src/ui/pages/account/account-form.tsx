import type { ReactNode } from 'react'
import { Button } from '../../components/button.tsx'
import { FormEnd } from '../../forms/form-end.tsx'
import type { Form } from '../../forms/use-form.ts'

type Props = {
  form: Form
  act: string
  look?: 'primary' | 'danger'
  /** Whose password it is about, for password managers. */
  email?: string
  remedy?: ReactNode
  onCancel: () => void
  children?: ReactNode
}

/** A form of the account, which can be left as it was. */
export const AccountForm = ({ form, act, look = 'primary', email, remedy, onCancel, children }: Props) => (
  <form className="account-form" {...form.props}>
    {email && <input type="email" autoComplete="username" value={email} readOnly hidden />}
    {children}
    <FormEnd
      form={form}
      look={look}
      remedy={remedy}
      beside={
        <Button look="quiet" onClick={onCancel}>
          Cancel
        </Button>
      }
    >
      {act}
    </FormEnd>
  </form>
)
