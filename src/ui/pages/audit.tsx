import { useState } from 'react'
import { exportAudit, useAudit } from '../api/audit.ts'
import { useMay, useProject } from '../api/projects.ts'
import { Button } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { Skeleton } from '../components/skeleton.tsx'
import { toast } from '../components/toasts.tsx'
import { saveFile } from '../save-file.ts'
import { type AddressFilter, momentsOf, useAddressFilter } from './audit/address-filter.ts'
import { AuditFilters } from './audit/audit-filters.tsx'
import { AuditTable } from './audit/audit-table.tsx'
import { SettingsPage } from './settings/settings-page.tsx'

/** Who did what in the project, and from where; the filters stand in the address. */
export default function Audit() {
  const [filter, setFilter] = useAddressFilter()
  const log = useAudit(momentsOf(filter))
  const entries = log.data?.pages.flatMap((page) => page.items)
  const mayExport = useMay('audit:export')
  return (
    <SettingsPage title="Audit log" act={mayExport && <ExportButton filter={filter} />}>
      <AuditFilters filter={filter} onFilter={setFilter} />
      {log.error && (
        <ProblemNotice error={log.error} act={<Button onClick={() => log.refetch()}>Try again</Button>} />
      )}
      {!entries && !log.error && <Skeleton lines={10} />}
      {entries?.length === 0 && (
        <EmptyState>
          {Object.keys(filter).length
            ? 'Nothing fits these filters.'
            : 'Every change of members, roles, keys and settings will stand here.'}
        </EmptyState>
      )}
      {entries && entries.length > 0 && (
        <AuditTable entries={entries} onPerson={(userId) => setFilter('userId', userId)} />
      )}
      {log.hasNextPage && (
        <div className="more">
          <Button pending={log.isFetchingNextPage} onClick={() => log.fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
    </SettingsPage>
  )
}

function ExportButton({ filter }: { filter: AddressFilter }) {
  const [pending, setPending] = useState(false)
  const project = useProject()
  const run = async () => {
    setPending(true)
    try {
      saveFile(`audit-${project?.id}.ndjson`, await exportAudit(momentsOf(filter)))
      toast('The log was downloaded, an entry a line.')
    } catch (error) {
      toast(`The log was not exported. ${(error as Error).message}`, { isError: true })
    }
    setPending(false)
  }
  return (
    <Button icon="download" pending={pending} onClick={run}>
      Export
    </Button>
  )
}
