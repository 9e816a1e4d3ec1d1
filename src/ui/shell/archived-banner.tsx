import { useState } from 'react'
import { restoreProject, useMay } from '../api/projects.ts'
import { Button } from '../components/button.tsx'
import { toast } from '../components/toasts.tsx'

/** Says why nothing can be changed here; who may bring the project back does so from here. */
export function ArchivedBanner() {
  const mayRestore = useMay('project:archive')
  const [pending, setPending] = useState(false)
  const restore = () => {
    setPending(true)
    restoreProject().then(
      () => toast('The project is back.'),
      (error: Error) => {
        setPending(false)
        toast(error.message, { isError: true })
      },
    )
  }
  return (
    <section className="archived" aria-label="Archived project">
      <p>This project is archived: it can be read, and nothing in it changes.</p>
      {mayRestore && (
        <Button pending={pending} onClick={restore}>
          Bring it back
        </Button>
      )}
    </section>
  )
}
