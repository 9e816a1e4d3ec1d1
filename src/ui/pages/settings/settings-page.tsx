import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { Page } from '../../components/page.tsx'
import { usePlaces } from '../../shell/places.ts'

/** A page of the project's settings, with the ways to the others that this role may see. */
export function SettingsPage({
  title,
  act,
  children,
}: {
  title: string
  act?: ReactNode
  children: ReactNode
}) {
  const [location] = useLocation()
  const places = usePlaces().filter(({ href }) => href.startsWith('/settings'))
  return (
    <Page title={title} act={act}>
      <nav className="subnav" aria-label="Settings of the project">
        {places.map(({ href, label }) => (
          <Link key={href} href={href} aria-current={href === location ? 'page' : undefined}>
            {href === '/settings' ? 'Project' : label}
          </Link>
        ))}
      </nav>
      {children}
    </Page>
  )
}
