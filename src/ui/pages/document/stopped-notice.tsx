import { useMay } from '../../api/projects.ts'
import { type Run, resumeRun } from '../../api/runs.ts'
import { Button } from '../../components/button.tsx'
import { toast } from '../../components/toasts.tsx'

/** Says that the newest run brought no version, over the version that is there. */
export function StoppedNotice({ run }: { run: Run }) {
  const why =
    run.state === 'failed'
      ? `The last run failed: ${run.error?.message ?? 'no reason is known.'}`
      : 'The last run was cancelled.'
  const mayResume = useMay('pipelines:run')
  const resume = () => resumeRun(run.id).catch((error: Error) => toast(error.message, { isError: true }))
  return (
    <div className="notice">
      <p>{why} This version is as it was before.</p>
      {mayResume && <Button onClick={resume}>Resume</Button>}
    </div>
  )
}
