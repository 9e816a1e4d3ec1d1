import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { Icon } from '../../components/icons.tsx'

/** A page of the house for somebody who is in no project: without the rail, with the ways that are open. */
export const BarePage = ({ acts, children }: { acts?: ReactNode; children: ReactNode }) => (
  <>
    <header className="bare-head">
      <Link href="/" className="brand">
        <Icon name="quill" />
        <b>Quill</b>
      </Link>
      {acts}
    </header>
    <main id="main" tabIndex={-1}>
      {children}
    </main>
  </>
)
