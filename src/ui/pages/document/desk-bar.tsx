import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { Icon } from '../../components/icons.tsx'

/** The bar over a document: the way back, and what can be done. */
export const DeskBar = ({ children }: { children?: ReactNode }) => (
  <header className="desk-bar">
    <p className="crumb">
      <Link href="/" aria-label="Documents">
        <Icon name="left" />
        <span className="wide">Documents</span>
      </Link>
    </p>
    <div className="acts">{children}</div>
  </header>
)
