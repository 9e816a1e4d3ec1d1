import { Link } from 'wouter'
import { DoorPage } from './door-page.tsx'

/** A page that a mail leads to, without what the mail's link carries. */
export const BrokenLink = () => (
  <DoorPage title="This link is not whole">
    <p className="door-text">Open it once more from the mail, or copy all of it into the address bar.</p>
    <p>
      <Link href="/sign-in">Go to sign-in</Link>
    </p>
  </DoorPage>
)
