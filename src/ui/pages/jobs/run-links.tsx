import { Link } from 'wouter'
import type { Run } from '../../api/runs.ts'

/** The ways from a job to the others of its run, and to the document that it works on. */
export const RunLinks = ({ id, run }: { id: string; run: Run | undefined }) => (
  <>
    <Link href={`/jobs?runId=${id}`}>…{id.slice(-6)}</Link>{' '}
    {run && (
      <Link href={`/documents/${run.documentId}`} className="muted">
        document
      </Link>
    )}
  </>
)
