import { type FormEvent, useState } from 'react'
import { type Source, useSources } from '../../api/sources.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { kindName } from '../sources/kind-name.ts'

/** Chooses among the sources the project already has. */
export function PickSources({
  onPick,
  onClose,
}: {
  onPick: (sources: Source[]) => void
  onClose: () => void
}) {
  const sources = useSources()
  const [filter, setFilter] = useState('')
  const items = sources.data?.pages.flatMap((page) => page.items)
  const shown = items?.filter((source) => source.title.toLowerCase().includes(filter.toLowerCase()))
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const chosen = new Set(new FormData(event.currentTarget).getAll('source'))
    onPick(items?.filter((source) => chosen.has(source.id)) ?? [])
    onClose()
  }
  return (
    <Dialog title="Add from the project's sources" onClose={onClose}>
      <form className="dialog-body" onSubmit={onSubmit}>
        <div className="field">
          <input
            type="search"
            aria-label="Filter by title"
            placeholder="Filter by title"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
          />
        </div>
        {!items && <Skeleton />}
        {items?.length === 0 && (
          <EmptyState>The project has no sources yet. Paste or drop the first one.</EmptyState>
        )}
        <div className="pick-list">
          {items?.map((source) => (
            <label key={source.id} className="check" hidden={!shown?.includes(source)}>
              <input type="checkbox" name="source" value={source.id} />
              <span className="grow clip" dir="auto">
                {source.title}
              </span>
              <span className="muted">
                {kindName(source.kind)}, {source.words.toLocaleString('en')} words
              </span>
            </label>
          ))}
        </div>
        <div className="acts">
          <Button type="submit" look="primary">
            Add chosen
          </Button>
          {sources.hasNextPage && <Button onClick={() => sources.fetchNextPage()}>Load more</Button>}
        </div>
      </form>
    </Dialog>
  )
}
