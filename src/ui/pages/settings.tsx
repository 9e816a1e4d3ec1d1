import { type CurrentProject, useMay, useProject } from '../api/projects.ts'
import { useSession } from '../api/session.ts'
import { CopyField } from '../components/copy-field.tsx'
import { useRoleMeanings } from '../role-meaning.ts'
import { roleName } from '../role-name.ts'
import { ArchiveProject } from './settings/archive-project.tsx'
import { LeaveProject } from './settings/leave-project.tsx'
import { RenameProject } from './settings/rename-project.tsx'
import { SettingsPage } from './settings/settings-page.tsx'

/** The project itself: its name, its id, one's own part in it, and its end. */
export default function Settings() {
  const project = useProject()
  const mayRename = useMay('project:manage')
  const mayArchive = useMay('project:archive')
  const isDemo = useSession().data?.user?.isDemo
  if (!project) return null
  return (
    <SettingsPage title="Project settings">
      <section className="settings-part" aria-labelledby="about">
        <h2 id="about">{mayRename ? 'Name and id' : project.name}</h2>
        {mayRename && <RenameProject name={project.name} />}
        <CopyField label="Id for the API" text={project.id} />
        <p className="muted">
          A key that opens several projects names one in the header <code>Quill-Project</code>.
        </p>
      </section>
      <section className="settings-part" aria-labelledby="role">
        <h2 id="role">Your role</h2>
        <OwnRole project={project} />
        {!isDemo && <LeaveProject project={project} />}
      </section>
      {mayArchive && <ArchiveProject archived={project.archived} />}
    </SettingsPage>
  )
}

function OwnRole({ project: { role } }: { project: CurrentProject }) {
  const meaning = useRoleMeanings().get(role)
  return (
    <p>
      <b>{roleName(role)}.</b> {meaning}
    </p>
  )
}
