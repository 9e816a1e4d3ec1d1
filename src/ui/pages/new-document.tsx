import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useSearch } from 'wouter'
import { useSession } from '../api/session.ts'
import { ACCEPTED_FILES, type Source, sourceQuery } from '../api/sources.ts'
import { Button } from '../components/button.tsx'
import { FileButton } from '../components/file-button.tsx'
import { FileDrop } from '../components/file-drop.tsx'
import { Page } from '../components/page.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { AddedSource } from './new-document/added-source.tsx'
import { FIELD_CHARS_MAX, PasteField } from './new-document/paste-field.tsx'
import { PickSources } from './new-document/pick-sources.tsx'
import { areValid, defaultOptions, PostOptionFields } from './new-document/post-options.tsx'
import { useAdding } from './new-document/use-adding.ts'
import { useKeptText } from './new-document/use-kept-text.ts'
import { useWritePost } from './new-document/use-write-post.ts'

/** From material to a post: paste, drop or choose, see what was recognised, press one button. */
export default function NewDocument() {
  const adding = useAdding()
  const [options, setOptions] = useState(defaultOptions)
  const [picking, setPicking] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const optionFields = useRef<HTMLFieldSetElement>(null)
  const isReading = adding.items.some((item) => !item.source && item.error === undefined)
  useGivenSource((source) => adding.addExisting([source]))
  useKeptText(field, useSession().data?.project?.id ?? '')

  const addText = async (text: string) => {
    const added = await adding.addPasted(text)
    // Refused text goes back to where it can be mended.
    if (!added && field.current?.value === '' && text.length <= FIELD_CHARS_MAX) field.current.value = text
    return added
  }
  const addTyped = () => {
    const text = field.current!.value
    field.current!.value = ''
    return addText(text)
  }
  const isTyped = () => field.current!.value.trim() !== ''
  const { write, pending, failure } = useWritePost(async () => {
    if (isReading || !areValid(optionFields.current!)) return undefined
    const sourceIds = adding.items.flatMap((item) => item.source?.id ?? [])
    if (!isTyped()) return { sourceIds, options }
    const added = await addTyped()
    return added && { sourceIds: [...new Set([...sourceIds, added.id])], options }
  })
  return (
    <Page
      title="New document"
      width="form"
      act={
        <Button look="primary" pending={pending || isReading} onClick={write} title="Ctrl or ⌘ with Enter">
          Write post
        </Button>
      }
    >
      <FileDrop onFiles={adding.addFiles} />
      {failure !== undefined && <ProblemNotice error={failure} />}
      <PasteField field={field} onText={(text) => void addText(text)} />
      <div className="acts add-acts">
        <Button icon="plus" onClick={() => void (isTyped() ? addTyped() : field.current!.focus())}>
          Add text
        </Button>
        <FileButton label="Choose files" accept={ACCEPTED_FILES} onFiles={adding.addFiles} />
        <Button icon="source" onClick={() => setPicking(true)}>
          From sources
        </Button>
        <span className="muted">.txt .md .html .srt .vtt .docx, up to 10 MB; drop them anywhere.</span>
      </div>
      <div className="added-list" aria-live="polite">
        {adding.items.map((item) => (
          <AddedSource key={item.key} item={item} onRemove={() => adding.remove(item.key)} />
        ))}
      </div>
      <PostOptionFields ref={optionFields} options={options} onChange={setOptions} />
      {picking && <PickSources onPick={adding.addExisting} onClose={() => setPicking(false)} />}
    </Page>
  )
}

/** The source that the address names is there from the start. */
function useGivenSource(add: (source: Source) => void) {
  const id = new URLSearchParams(useSearch()).get('source')
  const source = useQuery({ ...sourceQuery(id ?? ''), enabled: id !== null }).data
  const latest = useRef(add)
  latest.current = add
  useEffect(() => {
    if (source) latest.current(source)
  }, [source])
}
