import { type FormEvent, useState } from 'react'
import { Problem } from '../../api/client.ts'
import { renameDocument, type TaggedDocument } from '../../api/documents.ts'
import { useMay } from '../../api/projects.ts'
import { queryClient } from '../../api/query-client.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'

const TITLE_CHARS_MAX = 200

/** The document's title, renamed where it stands: shown at once, put back into the field when it is refused. */
export function DocumentTitle({ document }: { document: TaggedDocument }) {
  const [editing, setEditing] = useState(false)
  const [wanted, setWanted] = useState<string>()
  const [failure, setFailure] = useState<unknown>()
  const title = wanted ?? document.title
  const mayRename = useMay('documents:write')

  const save = async (next: string) => {
    setEditing(false)
    setFailure(undefined)
    if (next === '' || next === document.title) return setWanted(undefined)
    setWanted(next)
    try {
      await renameDocument(document, next)
      setWanted(undefined)
    } catch (error) {
      setFailure(error)
      setEditing(true)
      if (isOutdated(error)) await queryClient.invalidateQueries({ queryKey: ['document', document.id] })
    }
  }
  const keepOld = () => {
    setEditing(false)
    setFailure(undefined)
    setWanted(undefined)
  }
  if (editing)
    return <TitleForm title={title} save={save} keepOld={keepOld} notice={noticeOf(failure, document)} />
  return (
    <div className="doc-title">
      <h1 dir="auto">{title}</h1>
      {mayRename && <IconButton icon="pencil" label="Rename" onClick={() => setEditing(true)} />}
    </div>
  )
}

type FormProps = {
  title: string
  save: (title: string) => Promise<void>
  keepOld: () => void
  notice: Error | undefined
}

function TitleForm({ title, save, keepOld, notice }: FormProps) {
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    void save(String(new FormData(event.currentTarget).get('title')).trim())
  }
  return (
    <form className="doc-title" onSubmit={onSubmit}>
      <h1 className="visually-hidden">{title}</h1>
      <input
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to rename
        autoFocus
        name="title"
        aria-label="Title"
        dir="auto"
        defaultValue={title}
        maxLength={TITLE_CHARS_MAX}
        onFocus={(event) => event.target.select()}
        onKeyDown={(event) => event.key === 'Escape' && keepOld()}
      />
      <Button type="submit" look="primary">
        Rename
      </Button>
      <Button look="quiet" onClick={keepOld}>
        Keep the old title
      </Button>
      {notice && (
        <ProblemNotice error={notice} safe="Your title is still in the field; Rename tries again." />
      )}
    </form>
  )
}

function noticeOf(failure: unknown, { title }: TaggedDocument): Error | undefined {
  if (!(failure instanceof Error)) return undefined
  if (!isOutdated(failure)) return failure
  return new Error(`Somebody else changed this document; its title is now “${title}”.`)
}

const isOutdated = (error: unknown) => error instanceof Problem && error.status === 412
