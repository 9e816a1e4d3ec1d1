import { Link, useLocation } from 'wouter'
import { useAlarms } from '../api/alarms.ts'
import { useMay } from '../api/projects.ts'

/** Says what is wrong with the installation, to who looks after a project, until it is right again; the page of alarms says it itself. */
export function AlarmBanner() {
  const alarms = useAlarms(useMay('alarms:read')).data ?? []
  const [location] = useLocation()
  const shown = location === '/jobs/alarms' ? [] : alarms
  return (
    <div role="status" aria-label="Alarms" className="banner-slot">
      {shown.map(({ id, message }) => (
        <p key={id} className="banner">
          {message} <Link href="/jobs/alarms">What to do</Link>
        </p>
      ))}
    </div>
  )
}
