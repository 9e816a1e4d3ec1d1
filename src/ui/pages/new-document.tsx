import { useQuery } from '@tanstack/react-query'
import { type ClipboardEvent, useEffect, useRef, useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { createDocument } from '../api/documents.ts'
import { startRun } from '../api/runs.ts'
import { ACCEPTED_FILES, type Source, sourceQuery } from '../api/sources.ts'
import { Button } from '../components/button.tsx'
import { FileDrop } from '../components/file-drop.tsx'
import { Page } from '../components/page.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { AddedSource } from './new-document/added-source.tsx'
import { PickSources } from './new-document/pick-sources.tsx'
import { defaultOptions, PostOptionFields, runOptions } from './new-document/post-options.tsx'
import { useAdding } from './new-document/use-adding.ts'

/** Text of this length was not typed: pasted into the empty field it becomes a source at once. */
const PASTED_CHARS_MIN = 400

/** From material to a post: paste, drop or choose, see what was recognised, press one button. */
export default function NewDocument() {
  const [, navigate] = useLocation()
  const adding = useAdding()
  const [options, setOptions] = useState(defaultOptions)
  const [picking, setPicking] = useState(false)
  const [pending, setPending] = useState(false)
  const [failure, setFailure] = useState<unknown>()
  const made = useRef<{ id: string; sourceIds: string } | undefined>(undefined)
  const paste = useRef<HTMLTextAreaElement>(null)
  const files = useRef<HTMLInputElement>(null)

  useGivenSource((source) => adding.addExisting([source]))
  const addPasted = async (text: string) => {
    if (await adding.addPasted(text)) return true
    if (paste.current && !paste.current.value && text.length < LARGE_CHARS) paste.current.value = text
    return false
  }
  const write = async () => {
    const typed = paste.current!.value.trim()
    const sourceIds = adding.items.flatMap((item) => item.source?.id ?? [])
    if (typed)
      return setFailure(
        new Error('There is text in the field that is not a source yet. Add it, or clear it.'),
      )
    if (sourceIds.length === 0)
      return setFailure(new Error('Add a source first: paste text, drop a file or choose one.'))
    setPending(true)
    setFailure(undefined)
    try {
      const key = sourceIds.join()
      if (made.current?.sourceIds !== key) {
        const { id } = await createDocument({
          sourceIds,
          ...(options.title.trim() ? { title: options.title.trim() } : {}),
        })
        made.current = { id, sourceIds: key }
      }
      await startRun(made.current.id, runOptions(options))
      navigate(`/documents/${made.current.id}`)
    } catch (error) {
      setFailure(error)
      setPending(false)
    }
  }
  const isReading = adding.items.some((item) => !item.source && item.error === undefined)

  useWriteKey(() => void write())
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
      <PasteField field={paste} onText={(text) => void addPasted(text)} />
      <div className="acts add-acts">
        <Button icon="plus" onClick={() => takeTyped(paste.current!, addPasted)}>
          Add text
        </Button>
        <Button icon="upload" onClick={() => files.current!.click()}>
          Choose files
        </Button>
        <Button icon="source" onClick={() => setPicking(true)}>
          From sources
        </Button>
        <input
          ref={files}
          type="file"
          hidden
          multiple
          accept={ACCEPTED_FILES}
          aria-label="Files"
          onChange={(event) => {
            adding.addFiles([...(event.target.files ?? [])])
            event.target.value = ''
          }}
        />
        <span className="muted">.txt .md .html .srt .vtt .docx, up to 10 MB; drop them anywhere.</span>
      </div>
      <div className="added-list" role="status">
        {adding.items.map((item) => (
          <AddedSource key={item.key} item={item} onRemove={() => adding.remove(item.key)} />
        ))}
      </div>
      <PostOptionFields options={options} onChange={setOptions} />
      {picking && <PickSources onPick={adding.addExisting} onClose={() => setPicking(false)} />}
    </Page>
  )
}

/** A field takes seconds to lay out this much: it is never put into one. */
const LARGE_CHARS = 200_000

/** Where text is pasted. It is left to the browser: what is typed is read when it is needed. */
function PasteField({
  field,
  onText,
}: {
  field: React.RefObject<HTMLTextAreaElement | null>
  onText: (text: string) => void
}) {
  const onPaste = (event: ClipboardEvent<HTMLTextAreaElement>) => {
    const text = event.clipboardData.getData('text/plain')
    const large =
      text.length > LARGE_CHARS || (event.currentTarget.value === '' && text.length >= PASTED_CHARS_MIN)
    if (!large) return
    event.preventDefault()
    onText(text)
  }
  return (
    <textarea
      ref={field}
      className="paste"
      aria-label="Text"
      placeholder="Paste a transcript, notes or an article"
      dir="auto"
      onPaste={onPaste}
    />
  )
}

function takeTyped(field: HTMLTextAreaElement, add: (text: string) => Promise<boolean>) {
  const text = field.value
  if (!text.trim()) return field.focus()
  field.value = ''
  void add(text)
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

function useWriteKey(write: () => void) {
  const latest = useRef(write)
  latest.current = write
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (
        event.key !== 'Enter' ||
        !(event.metaKey || event.ctrlKey) ||
        document.querySelector('dialog[open]')
      )
        return
      event.preventDefault()
      latest.current()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
}
