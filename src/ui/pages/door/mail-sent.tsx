import { Link } from 'wouter'
import type { Door } from '../../api/session.ts'
import { DoorPage } from './door-page.tsx'

/** After something that goes on in a mail; in development the mail can be read here. */
export const MailSent = ({ email, what, door }: { email: string; what: string; door: Door }) => (
  <DoorPage title="Look into your mail">
    <p className="door-text">
      We sent a mail to <b className="address">{email}</b>. {what}
    </p>
    <p className="hint">Nothing there after a few minutes? Look among the unwanted mails.</p>
    {door.mails && (
      <p>
        <Link href="/mail">Show the mails of this development server</Link>
      </p>
    )}
    <p>
      <Link href="/sign-in">Go to sign-in</Link>
    </p>
  </DoorPage>
)
