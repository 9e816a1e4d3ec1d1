import { useMay, useProject } from '../api/projects.ts'
import { ButtonLink } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Page } from '../components/page.tsx'
import { roleName } from '../role-name.ts'

/** Says why a page is not shown: the role does not cover it, or the project is archived. */
export function NotOpen() {
  const project = useProject()
  const mayRead = useMay('documents:read')
  if (!project) return null
  if (!mayRead) return <NoContent />
  return (
    <Page title={project.archived ? 'This project is archived' : 'This is not part of your role'}>
      <EmptyState
        act={
          <ButtonLink look="primary" href="/">
            Go to documents
          </ButtonLink>
        }
      >
        {project.archived
          ? 'What is in it can be read. Nothing new is made until an owner brings it back.'
          : `You are ${roleName(project.role).toLowerCase()} in ${project.name}. An owner or admin can give you another role.`}
      </EmptyState>
    </Page>
  )
}

const NoContent = () => (
  <Page title="Billing">
    <EmptyState act={<ButtonLink href="/settings/members">See the members</ButtonLink>}>
      Usage, cost and invoices of this project will stand here once Quill keeps them. Its documents, sources
      and jobs are not part of the billing role.
    </EmptyState>
  </Page>
)
