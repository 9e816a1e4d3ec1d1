import { useLocation } from 'wouter'
import { createProject, PROJECT_NAME_CHARS_MAX } from '../api/projects.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { given } from '../forms/checks.ts'
import { FormEnd } from '../forms/form-end.tsx'
import { TextField } from '../forms/text-field.tsx'
import { useForm } from '../forms/use-form.ts'

/** Asks for a name; the new project is the tab's from then on. */
export default function NewProject({ onClose }: { onClose: () => void }) {
  const [, navigate] = useLocation()
  const form = useForm({
    checks: { name: given('Give it a name.') },
    act: async ({ name }) => {
      await createProject(name.trim())
      navigate('/')
    },
  })
  return (
    <Dialog title="New project" onClose={onClose}>
      <form className="dialog-body" {...form.props}>
        <TextField
          form={form}
          name="name"
          label="Name"
          hint="Of the blog, the team or the client. You will be its owner."
          maxLength={PROJECT_NAME_CHARS_MAX}
          autoComplete="off"
          data-first
        />
        <FormEnd form={form} look="primary" beside={<Button onClick={onClose}>Cancel</Button>}>
          Create project
        </FormEnd>
      </form>
    </Dialog>
  )
}
