import { useCallback, useState } from 'react'
import { addFile, addText, type Source } from '../../api/sources.ts'

export type Added = {
  key: string
  name: string
  source?: Source
  error?: unknown
  retry?: () => Promise<boolean>
}

/** The sources of a document that is being made; each is added to the project as soon as it is given. */
export function useAdding() {
  const [items, setItems] = useState<Added[]>([])

  const settle = useCallback((key: string, change: Partial<Added>) => {
    setItems((all) => all.map((item) => (item.key === key ? { ...item, ...change } : item)))
  }, [])

  const add = useCallback(
    (name: string, work: () => Promise<Source>) => {
      const key = crypto.randomUUID()
      const attempt = async (): Promise<boolean> => {
        settle(key, { error: undefined, source: undefined })
        try {
          settle(key, { source: await work() })
          return true
        } catch (error) {
          settle(key, { error, retry: attempt })
          return false
        }
      }
      setItems((all) => [...all, { key, name }])
      return attempt()
    },
    [settle],
  )

  return {
    items,
    addFiles: (files: File[]) => {
      for (const file of files) void add(file.name, () => addFile(file))
    },
    addPasted: (text: string) => add('Pasted text', () => addText(text)),
    addExisting: (sources: Source[]) =>
      setItems((all) => {
        const known = new Set(all.map((item) => item.source?.id))
        const fresh = sources.filter((source) => !known.has(source.id))
        return [...all, ...fresh.map((source) => ({ key: source.id, name: source.title, source }))]
      }),
    remove: (key: string) => setItems((all) => all.filter((item) => item.key !== key)),
  }
}
