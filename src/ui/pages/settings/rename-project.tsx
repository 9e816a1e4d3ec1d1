import { type RefObject, useEffect } from 'react'
import { PROJECT_NAME_CHARS_MAX, renameProject } from '../../api/projects.ts'
import { toast } from '../../components/toasts.tsx'
import { given } from '../../forms/checks.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { TextField } from '../../forms/text-field.tsx'
import { useForm } from '../../forms/use-form.ts'

/** The project's name, changed at once for everybody, and back again while the notice of it stands. */
export function RenameProject({ name }: { name: string }) {
  const form = useForm({
    checks: { name: given('A project needs a name.') },
    act: async (values) => {
      const next = values.name.trim()
      if (next !== name) await rename(next, name)
    },
  })
  useShownName(form.props.ref, name)
  return (
    <form {...form.props}>
      <TextField
        form={form}
        name="name"
        label="Name"
        defaultValue={name}
        maxLength={PROJECT_NAME_CHARS_MAX}
        autoComplete="off"
      />
      <FormEnd form={form}>Rename</FormEnd>
    </form>
  )
}

/** The field follows the name, whoever changed it. */
function useShownName(form: RefObject<HTMLFormElement | null>, name: string) {
  useEffect(() => {
    const field = form.current?.elements.namedItem('name')
    if (field instanceof HTMLInputElement) field.value = name
  }, [form, name])
}

async function rename(next: string, before: string) {
  await renameProject(next)
  toast(`The project is called “${next}” now.`, { undo: () => void undo(before) })
}

const undo = (name: string) =>
  renameProject(name).catch((error: Error) => toast(error.message, { isError: true }))
