import { type FormEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { Problem } from '../api/client.ts'

/** The text of each field; where several boxes have one name, a line for each that is ticked. */
type Values<Name extends string> = Record<Name, string>
/** What is wrong with a field's text, in words; undefined when nothing is. */
export type Check = (text: string) => string | undefined
type Outcome<Name extends string> = { errors: Partial<Values<Name>>; problem?: unknown }

export type Form<Name extends string = string> = Outcome<Name> & {
  pending: boolean
  props: { ref: RefObject<HTMLFormElement | null>; onSubmit: (event: FormEvent) => void; noValidate: true }
}

/**
 * A form that is checked when it is sent. What is wrong stands by its field, and the first such field has the
 * focus; a refusal that is nobody's in particular is the form's `problem`. `blame` tells which field a code is about.
 */
export function useForm<Name extends string>({
  checks,
  blame = {},
  act,
}: {
  checks: Record<Name, Check>
  blame?: Record<string, NoInfer<Name>>
  act: (values: Values<Name>) => Promise<unknown>
}): Form<Name> {
  const ref = useRef<HTMLFormElement>(null)
  const [pending, setPending] = useState(false)
  const [outcome, setOutcome] = useState<Outcome<Name>>({ errors: {} })
  // biome-ignore lint/correctness/useExhaustiveDependencies: each outcome puts the focus where it is about
  useEffect(() => ref.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [outcome])
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault()
    if (pending) return
    const values = readValues(ref.current!, checks)
    const errors = checkAll(values, checks)
    setOutcome({ errors })
    if (Object.keys(errors).length) return
    setPending(true)
    await act(values).catch((error) => setOutcome(outcomeOf(error, Object.keys(checks) as Name[], blame)))
    setPending(false)
  }
  return { ...outcome, pending, props: { ref, onSubmit, noValidate: true } }
}

function readValues<Name extends string>(form: HTMLFormElement, checks: Record<Name, Check>) {
  const data = new FormData(form)
  return Object.fromEntries(
    Object.keys(checks).map((name) => [name, data.getAll(name).join('\n')]),
  ) as Values<Name>
}

function checkAll<Name extends string>(values: Values<Name>, checks: Record<Name, Check>) {
  const found = (Object.keys(checks) as Name[]).map((name) => [name, checks[name](values[name])] as const)
  return Object.fromEntries(found.filter(([, error]) => error)) as Partial<Values<Name>>
}

function outcomeOf<Name extends string>(error: unknown, names: Name[], blame: Record<string, Name>) {
  if (!(error instanceof Problem)) return { errors: {}, problem: error }
  const blamed = blame[error.code]
  if (blamed) return { errors: { [blamed]: error.message } as Partial<Values<Name>> }
  const issues = error.issues.map(({ path, message }) => [path.split('/')[1], message] as const)
  const errors = Object.fromEntries(issues.filter(([name]) => names.includes(name as Name)))
  return Object.keys(errors).length
    ? { errors: errors as Partial<Values<Name>> }
    : { errors: {}, problem: error }
}
