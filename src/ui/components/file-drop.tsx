import { useEffect, useRef, useState } from 'react'

/** Takes files that are dropped anywhere on the page, and shows that it will. */
export function FileDrop({ onFiles }: { onFiles: (files: File[]) => void }) {
  const [over, setOver] = useState(false)
  const take = useRef(onFiles)
  take.current = onFiles
  useEffect(() => {
    const listening = new AbortController()
    const { signal } = listening
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
    const onOver = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      setOver(true)
    }
    document.addEventListener('dragenter', onOver, { signal })
    document.addEventListener('dragover', onOver, { signal })
    document.addEventListener('dragleave', (event) => event.relatedTarget === null && setOver(false), {
      signal,
    })
    document.addEventListener(
      'drop',
      (event) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        setOver(false)
        take.current([...event.dataTransfer!.files])
      },
      { signal },
    )
    return () => listening.abort()
  }, [])
  return over ? <div className="drop">Drop to add as a source</div> : null
}
