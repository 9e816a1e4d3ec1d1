import { Link, useLocation } from 'wouter'
import { useErrorGroups } from '../../api/dead-letters.ts'
import { Badge } from '../../components/badge.tsx'

const pages = [
  { href: '/jobs', label: 'All jobs' },
  { href: '/jobs/dead-letters', label: 'Dead letters' },
]

/** The ways between the pages about jobs, with the count of what waits for somebody. */
export function JobsNav() {
  const [location] = useLocation()
  const dead = useErrorGroups().data?.reduce((sum, { count }) => sum + count, 0) ?? 0
  return (
    <nav className="subnav" aria-label="Jobs">
      {pages.map(({ href, label }) => (
        <Link key={href} href={href} aria-current={href === location ? 'page' : undefined}>
          {label} {href === '/jobs/dead-letters' && dead > 0 && <Badge tone="bad">{dead}</Badge>}
        </Link>
      ))}
    </nav>
  )
}
