import { Link, useLocation } from 'wouter'

const pages = [
  { href: '/account', label: 'Profile and sign-in' },
  { href: '/account/api-keys', label: 'API keys' },
]

/** The pages of an account. */
export function AccountNav() {
  const [location] = useLocation()
  return (
    <nav className="subnav" aria-label="Account">
      {pages.map(({ href, label }) => (
        <Link key={href} href={href} aria-current={href === location ? 'page' : undefined}>
          {label}
        </Link>
      ))}
    </nav>
  )
}
