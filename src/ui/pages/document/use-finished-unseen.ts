import { useEffect, useRef, useState } from 'react'

/** Whether a version came while nobody looked at this tab. */
export function useFinishedUnseen(newest: number): boolean {
  const seen = useRef(document.visibilityState === 'visible' ? newest : newest - 1)
  const [unseen, setUnseen] = useState(false)
  useEffect(() => {
    const look = () => {
      const isSeen = document.visibilityState === 'visible'
      setUnseen(!isSeen && newest > seen.current)
      if (isSeen) seen.current = newest
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [newest])
  return unseen
}
