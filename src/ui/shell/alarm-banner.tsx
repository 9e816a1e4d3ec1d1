import { Link, useLocation } from 'wouter'
import { useAlarms } from '../api/alarms.ts'
import { useMay } from '../api/projects.ts'

const PAGE = '/jobs/alarms'

/**
 * Says in one line what is wrong with the installation, to who looks after a project, until it is right again; the
 * page of alarms says it all itself.
 */
export function AlarmBanner() {
  const [first, ...others] = useAlarms(useMay('alarms:read')).data ?? []
  const [location] = useLocation()
  return (
    <div role="status" aria-label="Alarms" className="banner-slot">
      {first && location !== PAGE && (
        <p className="banner">
          {first.message} {others.length > 0 && `And ${others.length} more. `}
          <Link href={PAGE}>What to do</Link>
        </p>
      )}
    </div>
  )
}
