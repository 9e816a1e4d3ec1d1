import { useState } from 'react'
import { useLocation } from 'wouter'
import { leaveProject } from '../../api/members.ts'
import type { CurrentProject } from '../../api/projects.ts'
import { Button } from '../../components/button.tsx'
import { Confirm } from '../../components/confirm.tsx'
import { toast } from '../../components/toasts.tsx'

/** One's own way out, which only an invitation leads back from. */
export function LeaveProject({ project: { id, name } }: { project: CurrentProject }) {
  const [asking, setAsking] = useState(false)
  const [, navigate] = useLocation()
  const leave = async () => {
    await leaveProject(id)
    navigate('/')
    toast(`You left ${name}.`)
  }
  return (
    <div className="acts">
      <Button icon="leave" onClick={() => setAsking(true)}>
        Leave project
      </Button>
      {asking && (
        <Confirm
          title={`Leave ${name}?`}
          act="Leave project"
          onConfirm={leave}
          onClose={() => setAsking(false)}
        >
          <p>
            You see nothing of it from then on, and your API keys open it no more. What you made stays with
            the project. Only a new invitation brings you back.
          </p>
        </Confirm>
      )}
    </div>
  )
}
