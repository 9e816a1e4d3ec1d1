import { useCallback, useState } from 'react'
import { addFile, addText, type Source } from '../../api/sources.ts'

export type Added = {
  key: string
  name: string
  source?: Source
  /** What was pasted, as long as it is no source. */
  text?: string
  error?: unknown
  retry?: () => Promise<Source | undefined>
}

/** The sources of a document that is being made; each is added to the project as soon as it is given. */
export function useAdding() {
  const [items, setItems] = useState<Added[]>([])

  const settle = useCallback((key: string, change: Partial<Added>) => {
    setItems((all) => all.map((item) => (item.key === key ? { ...item, ...change } : item)))
  }, [])

  const add = useCallback(
    ({ name, text }: Pick<Added, 'name' | 'text'>, work: () => Promise<Source>) => {
      const key = crypto.randomUUID()
      const attempt = async (): Promise<Source | undefined> => {
        settle(key, { error: undefined, source: undefined })
        try {
          const source = await work()
          settle(key, { source, text: undefined })
          return source
        } catch (error) {
          settle(key, { error, retry: attempt })
          return undefined
        }
      }
      // Text that is tried again takes the place of its refusal.
      setItems((all) => [
        ...all.filter((item) => text === undefined || item.error === undefined || item.text !== text),
        { key, name, text },
      ])
      return attempt()
    },
    [settle],
  )

  return {
    items,
    addFiles: (files: File[]) => {
      for (const file of files) void add({ name: file.name }, () => addFile(file))
    },
    addPasted: (text: string) => add({ name: 'Pasted text', text }, () => addText(text)),
    addExisting: (sources: Source[]) =>
      setItems((all) => {
        const known = new Set(all.map((item) => item.source?.id))
        const fresh = sources.filter((source) => !known.has(source.id))
        return [...all, ...fresh.map((source) => ({ key: source.id, name: source.title, source }))]
      }),
    remove: (key: string) => setItems((all) => all.filter((item) => item.key !== key)),
  }
}
