import type { ReactNode } from 'react'
import { Problem } from '../api/client.ts'
import { Icon } from './icons.tsx'

/** A failure where it happened: what failed in the API's own words, what is safe, what to press. */
export function ProblemNotice({ error, safe, act }: { error: unknown; safe?: string; act?: ReactNode }) {
  const message = error instanceof Error ? error.message : 'Something failed.'
  const requestId = error instanceof Problem ? error.requestId : undefined
  return (
    <div className="problem" role="alert">
      <Icon name="warning" />
      <div>
        <p>
          {message} {safe}
        </p>
        {act && <div className="acts">{act}</div>}
        {requestId && <p className="request">Request {requestId}</p>}
      </div>
    </div>
  )
}
