import type { ReactNode } from 'react'

/** What will be here, in one sentence, and the one act that fills it. */
export const EmptyState = ({ children, act }: { children: ReactNode; act?: ReactNode }) => (
  <div className="empty">
    <p>{children}</p>
    {act}
  </div>
)
