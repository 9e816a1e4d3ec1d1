import { type ComponentType, lazy, Suspense, useEffect } from 'react'
import { useLocation } from 'wouter'
import type { Session } from '../api/session.ts'
import { Pages } from '../routes.tsx'
import { takePlace } from '../wanted-place.ts'
import { BarePage } from './door/bare-page.tsx'
import { SignIn } from './sign-in.tsx'

type DoorPage = ComponentType<Pick<Session, 'door'>>

/** Where links in mails lead: for whoever opens them, signed in or not. */
const always: Record<string, ComponentType<{ session: Session }>> = {
  '/confirm': lazy(() => import('./confirm.tsx')),
  '/reset-password': lazy(() => import('./reset-password.tsx')),
  '/invitation': lazy(() => import('./invitation.tsx')),
}

const doors: Record<string, DoorPage> = {
  '/sign-in': SignIn,
  '/sign-up': lazy(() => import('./sign-up.tsx')),
  '/forgot-password': lazy(() => import('./forgot-password.tsx')),
  '/two-factor': lazy(() => import('./two-factor.tsx')),
}

/** The page at an address that everybody may see. */
export const openPageAt = (path: string) => (Object.hasOwn(always, path) ? always[path] : undefined)

/** What is shown to who is not signed in: the door of that name or, at any other address, the way in. */
export function Door({ door }: Pick<Session, 'door'>) {
  const [path] = useLocation()
  if (door.mails && /^\/mail(\/|$)/.test(path))
    return (
      <BarePage>
        <Pages />
      </BarePage>
    )
  const Page = Object.hasOwn(doors, path) ? doors[path]! : SignIn
  return (
    <Suspense>
      <Page door={door} />
    </Suspense>
  )
}

/** Goes where somebody wanted to go before they signed in; says whether the page is one of the door's until then. */
export function useWantedPlace({ signedIn }: Pick<Session, 'signedIn'>): boolean {
  const [path, navigate] = useLocation()
  const atDoor = signedIn && Object.hasOwn(doors, path)
  useEffect(() => {
    if (!signedIn || openPageAt(path)) return
    const place = takePlace()
    if (atDoor || (place && path === '/')) navigate(place ?? '/', { replace: true })
  }, [signedIn, atDoor, path, navigate])
  return atDoor
}
