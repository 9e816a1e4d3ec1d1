import { useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { createDocument } from '../../api/documents.ts'
import { startRun } from '../../api/runs.ts'
import { type PostOptions, runOptions } from './post-options.tsx'

/** What the post is written from, and how. */
export type Draft = { sourceIds: string[]; options: PostOptions }

/**
 * Makes the document, starts its run and goes to it; Ctrl or Cmd with Enter does the same as the button.
 * `prepare` gives what to write from, or nothing when the page already shows what stands in the way.
 */
export function useWritePost(prepare: () => Promise<Draft | undefined>) {
  const [, navigate] = useLocation()
  const [pending, setPending] = useState(false)
  const [failure, setFailure] = useState<unknown>()
  const made = useRef<{ id: string; key: string } | undefined>(undefined)

  const start = async ({ sourceIds, options }: Draft) => {
    if (sourceIds.length === 0) throw new Error('Add a source first: paste text, drop a file or choose one.')
    const title = options.title.trim()
    const key = JSON.stringify([sourceIds, title])
    // A second try after a refusal goes on with the document that the first one made.
    if (made.current?.key !== key) {
      const { id } = await createDocument({ sourceIds, ...(title ? { title } : {}) })
      made.current = { id, key }
    }
    await startRun(made.current.id, runOptions(options))
    navigate(`/documents/${made.current.id}`)
  }
  const write = async () => {
    if (pending) return
    setFailure(undefined)
    setPending(true)
    try {
      const draft = await prepare()
      if (draft) return await start(draft)
    } catch (error) {
      setFailure(error)
    }
    setPending(false)
  }

  useWriteKey(() => void write())
  return { write, pending, failure }
}

function useWriteKey(write: () => void) {
  const latest = useRef(write)
  latest.current = write
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return
      if (document.querySelector('dialog[open]')) return
      event.preventDefault()
      latest.current()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
}
