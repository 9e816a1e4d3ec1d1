import { Link } from 'wouter'
import { createProject, PROJECT_NAME_CHARS_MAX } from '../api/projects.ts'
import { type Session, signOut } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { given } from '../forms/checks.ts'
import { FormEnd } from '../forms/form-end.tsx'
import { TextField } from '../forms/text-field.tsx'
import { useForm } from '../forms/use-form.ts'
import { DoorPage } from './door/door-page.tsx'

/** For who is in no project: make one, or wait to be invited. */
export function NoProject({ user }: Pick<Session, 'user'>) {
  const form = useForm({
    checks: { name: given('Give the project a name.') },
    act: ({ name }) => createProject(name.trim()),
  })
  return (
    <DoorPage title="Make your first project">
      <p className="door-text">A project holds your sources and posts, and the people who work on them.</p>
      <form {...form.props}>
        <TextField
          form={form}
          name="name"
          label="Name of the project"
          hint="Such as the name of your blog. It can be changed."
          maxLength={PROJECT_NAME_CHARS_MAX}
          autoComplete="off"
          data-first
        />
        <FormEnd form={form} look="primary">
          Make the project
        </FormEnd>
      </form>
      <p className="hint">
        Is there one already? Ask for an invitation for <b className="address">{user?.email}</b>, and open its
        link.
      </p>
      <p className="door-links">
        <Link href="/account">Account</Link>
        <Button look="quiet" onClick={() => void signOut()}>
          Sign out
        </Button>
      </p>
    </DoorPage>
  )
}
