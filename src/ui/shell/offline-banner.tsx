import { useEffect, useState } from 'react'
import { useConnection } from '../live/connection.ts'

const PATIENCE_MS = 3_000

/** Says so when nothing has been heard from the server for a while. What is on the page stays readable. */
export function OfflineBanner() {
  const isLost = useConnection() === 'lost'
  const [shown, setShown] = useState(false)
  useEffect(() => {
    if (!isLost) return setShown(false)
    const timer = setTimeout(() => setShown(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [isLost])
  return (
    <div role="status" className="banner-slot">
      {shown && <p className="banner">The connection was lost. Reconnecting; work on the server goes on.</p>}
    </div>
  )
}
