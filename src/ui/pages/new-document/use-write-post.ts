import { useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { createDocument } from '../../api/documents.ts'
import { startRun } from '../../api/runs.ts'
import { type PostOptions, runOptions } from './post-options.tsx'

/** What the post would be written from now: text still in the field stands in the way. */
export type Draft = { sourceIds: string[]; typed: string; options: PostOptions }

/** Makes the document, starts its run and goes to it; Ctrl or Cmd with Enter does the same as the button. */
export function useWritePost(draft: () => Draft) {
  const [, navigate] = useLocation()
  const [pending, setPending] = useState(false)
  const [failure, setFailure] = useState<unknown>()
  const made = useRef<{ id: string; key: string } | undefined>(undefined)

  const write = async () => {
    setFailure(undefined)
    setPending(true)
    try {
      const { options, ...ready } = checked(draft())
      const title = options.title.trim()
      const key = JSON.stringify([ready.sourceIds, title])
      // A second try after a refusal goes on with the document that the first one made.
      if (made.current?.key !== key) {
        const { id } = await createDocument({ sourceIds: ready.sourceIds, ...(title ? { title } : {}) })
        made.current = { id, key }
      }
      await startRun(made.current.id, runOptions(options))
      navigate(`/documents/${made.current.id}`)
    } catch (error) {
      setFailure(error)
      setPending(false)
    }
  }

  useWriteKey(() => void write())
  return { write, pending, failure }
}

function checked(draft: Draft): Draft {
  if (draft.typed.trim())
    throw new Error('There is text in the field that is not a source yet. Add it, or clear it.')
  if (draft.sourceIds.length > 0) return draft
  throw new Error('Add a source first: paste text, drop a file or choose one.')
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
