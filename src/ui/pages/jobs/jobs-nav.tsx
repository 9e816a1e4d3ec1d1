import { Link, useLocation } from 'wouter'
import { useAlarms } from '../../api/alarms.ts'
import { useErrorGroups } from '../../api/dead-letters.ts'
import { useMay } from '../../api/projects.ts'
import { Badge } from '../../components/badge.tsx'

/** The ways between the pages about jobs, with the counts of what waits for somebody. */
export function JobsNav() {
  const mayKnow = useMay('alarms:read')
  const dead = useErrorGroups().data?.reduce((sum, { count }) => sum + count, 0)
  const alarms = useAlarms(mayKnow).data?.length
  return (
    <nav className="subnav" aria-label="Jobs">
      <Way href="/jobs" label="All jobs" />
      <Way href="/jobs/dead-letters" label="Dead letters" count={dead} />
      {mayKnow && <Way href="/jobs/alarms" label="Alarms" count={alarms} />}
    </nav>
  )
}

function Way({ href, label, count = 0 }: { href: string; label: string; count?: number | undefined }) {
  const [location] = useLocation()
  return (
    <Link href={href} aria-current={href === location ? 'page' : undefined}>
      {label} {count > 0 && <Badge tone="bad">{count}</Badge>}
    </Link>
  )
}
