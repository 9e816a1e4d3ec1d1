import { useState } from 'react'
import { archiveProject, restoreProject } from '../../api/projects.ts'
import { Button } from '../../components/button.tsx'
import { toast } from '../../components/toasts.tsx'

/** Puts the project to rest, or brings it back: either can be undone, so nothing is asked. */
export function ArchiveProject({ archived }: { archived: boolean }) {
  const [pending, setPending] = useState(false)
  const act = () => {
    setPending(true)
    void change(archived).finally(() => setPending(false))
  }
  return (
    <section className="settings-part" aria-labelledby="archive">
      <h2 id="archive">{archived ? 'Bring the project back' : 'Archive the project'}</h2>
      <p>
        {archived
          ? 'Everything in it can be worked on again, by the same members with the same roles.'
          : 'Everybody can still read it. Nothing in it changes, keys can only read, and nobody can be invited, until an owner brings it back.'}
      </p>
      <div className="acts">
        <Button icon={archived ? 'restore' : 'archive'} pending={pending} onClick={act}>
          {archived ? 'Bring it back' : 'Archive project'}
        </Button>
      </div>
    </section>
  )
}

async function change(archived: boolean) {
  try {
    await (archived ? restoreProject() : archiveProject())
    const text = archived ? 'The project is back.' : 'The project was archived.'
    toast(text, { undo: () => void change(!archived) })
  } catch (error) {
    toast((error as Error).message, { isError: true })
  }
}
