import { type FormEvent, useState } from 'react'
import { Problem } from '../../api/client.ts'
import { renameDocument, type TaggedDocument } from '../../api/documents.ts'
import { queryClient } from '../../api/query-client.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'

const TITLE_CHARS_MAX = 200

/** The document's title, renamed where it stands. */
export function DocumentTitle({ document }: { document: TaggedDocument }) {
  const [editing, setEditing] = useState(false)
  const [draft, setDraft] = useState<string>()
  const [failure, setFailure] = useState<unknown>()
  const title = draft ?? document.title
  const close = () => {
    setEditing(false)
    setFailure(undefined)
  }
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const wanted = String(new FormData(event.currentTarget).get('title')).trim()
    if (wanted === '' || wanted === document.title) return close()
    setDraft(wanted)
    close()
    try {
      await renameDocument(document, wanted)
    } catch (error) {
      setFailure(error)
      setEditing(true)
      if (isOutdated(error)) await queryClient.invalidateQueries({ queryKey: ['document', document.id] })
      return
    }
    setDraft(undefined)
  }
  if (!editing)
    return (
      <div className="doc-title">
        <h1 dir="auto">{title}</h1>
        <IconButton icon="pencil" label="Rename" onClick={() => setEditing(true)} />
      </div>
    )
  return (
    <form className="doc-title" onSubmit={save}>
      <input
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to rename
        autoFocus
        name="title"
        aria-label="Title"
        dir="auto"
        defaultValue={title}
        maxLength={TITLE_CHARS_MAX}
        onFocus={(event) => event.target.select()}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          setDraft(undefined)
          close()
        }}
      />
      <Button type="submit" look="primary">
        Rename
      </Button>
      <Button
        look="quiet"
        onClick={() => {
          setDraft(undefined)
          close()
        }}
      >
        Keep the old title
      </Button>
      {failure !== undefined && (
        <ProblemNotice
          error={
            isOutdated(failure)
              ? new Error(`Somebody else changed this document; its title is now “${document.title}”.`)
              : failure
          }
          safe="Your title is still in the field; Rename tries again."
        />
      )}
    </form>
  )
}

const isOutdated = (error: unknown) => error instanceof Problem && error.status === 412
