import { useEffect, useRef } from 'react'
import { type ApiKeySpec, createApiKey, type NewApiKey } from '../../api/api-keys.ts'
import { useProjects, useRights } from '../../api/projects.ts'
import { useSession } from '../../api/session.ts'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { anything, given } from '../../forms/checks.ts'
import { TextField } from '../../forms/text-field.tsx'
import { type Form, useForm } from '../../forms/use-form.ts'
import { AccountForm } from './account-form.tsx'
import { CheckGroup } from './check-group.tsx'

const DAYS_DEFAULT = 90
const ends: [days: number, words: string][] = [
  [30, 'In 30 days'],
  [DAYS_DEFAULT, 'In 90 days'],
  [365, 'In a year'],
  [0, 'Never'],
]

type KeyField = 'name' | 'projectIds' | 'scopes' | 'expiresInDays' | 'allowedAddresses'
type Props = { onCancel: () => void; onMade: (made: NewApiKey) => void }

/** What a new key is called, what it opens, and what it may do there. */
export function KeyCreator({ onCancel, onMade }: Props) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current!.querySelector<HTMLElement>('input')!.focus(), [])
  const form = useForm({
    checks: {
      name: given('Give it a name by which you know it again.'),
      projectIds: given('Choose at least one project.'),
      scopes: given('Choose at least one right.'),
      expiresInDays: anything,
      allowedAddresses: anything,
    },
    act: async (values) => onMade(await createApiKey(specOf(values))),
  })
  const current = useSession().data?.project?.id
  const projects = useSession().data?.projects?.filter(({ archived }) => !archived) ?? []
  return (
    <div className="card" ref={box}>
      <AccountForm form={form} act="Make the key" onCancel={onCancel}>
        <TextField form={form} name="name" label="Name" hint="Such as what will use it." maxLength={100} />
        <CheckGroup
          form={form}
          name="projectIds"
          label="Projects it opens"
          options={projects.map(({ id, name }) => ({ value: id, label: name, chosen: id === current }))}
        />
        <Scopes form={form} />
        <Field label="When it ends">
          {(names) => (
            <select {...names} name="expiresInDays" defaultValue={DAYS_DEFAULT}>
              {ends.map(([days, words]) => (
                <option key={days} value={days}>
                  {words}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field
          label="Where it may be used from"
          hint="Addresses or ranges, one a line, such as 192.0.2.7 or 192.0.2.0/24. Left empty: from everywhere."
          error={form.errors.allowedAddresses}
        >
          {(names) => <textarea {...names} name="allowedAddresses" rows={2} spellCheck={false} />}
        </Field>
      </AccountForm>
    </div>
  )
}

/** Every right that a part of Quill uses, with what it allows. */
function Scopes({ form }: { form: Form<KeyField> }) {
  const { data: rights, error, refetch } = useRights()
  const roles = new Set(useProjects().data?.map(({ role }) => role))
  if (error) return <ProblemNotice error={error} act={<Button onClick={() => refetch()}>Try again</Button>} />
  if (!rights) return <Skeleton lines={6} />
  const held = new Set(rights.roles.filter(({ name }) => roles.has(name)).flatMap((role) => role.permissions))
  const options = rights.permissions
    .filter(({ later }) => !later)
    .map(({ name, meaning }) => ({
      value: name,
      label: <code>{name}</code>,
      hint: held.has(name) || !roles.size ? meaning : `${meaning} Not with your role so far.`,
    }))
  return <CheckGroup form={form} name="scopes" label="What it may do" options={options} />
}

function specOf(values: Record<KeyField, string>) {
  const days = Number(values.expiresInDays)
  const addresses = values.allowedAddresses.split(/[\s,]+/).filter(Boolean)
  return {
    name: values.name.trim(),
    projectIds: values.projectIds.split('\n'),
    // The boxes carry the names of the rights, and nothing else.
    scopes: values.scopes.split('\n') as ApiKeySpec['scopes'],
    ...(days && { expiresInDays: days }),
    ...(addresses.length && { allowedAddresses: [...new Set(addresses)] }),
  }
}
