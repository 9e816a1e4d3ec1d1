import type { ReactNode } from 'react'
import { Button } from '../components/button.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import type { Form } from './use-form.ts'

/** The act of a form, and over it why it was refused. */
export const FormEnd = ({
  form,
  look = 'plain',
  disabled,
  remedy,
  beside,
  children,
}: {
  form: Form
  look?: 'plain' | 'primary' | 'danger'
  /** Where there is nothing to send yet. */
  disabled?: boolean
  /** What to do about the refusal. */
  remedy?: ReactNode
  beside?: ReactNode
  children: ReactNode
}) => (
  <>
    {form.problem !== undefined && <ProblemNotice error={form.problem} act={remedy} />}
    <div className="acts">
      <Button look={look} type="submit" pending={form.pending} disabled={disabled}>
        {children}
      </Button>
      {beside}
    </div>
  </>
)
