import { useSearch } from 'wouter'
import { type JobFilter, useJobs } from '../api/jobs.ts'
import { Button } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Page } from '../components/page.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { Skeleton } from '../components/skeleton.tsx'
import { JobFilters } from './jobs/job-filters.tsx'
import { JobTable } from './jobs/job-table.tsx'
import { JobsNav } from './jobs/jobs-nav.tsx'

/** Every job of the project, newest first, live; the filters stand in the address. */
export default function Jobs() {
  const filter = Object.fromEntries(new URLSearchParams(useSearch())) as JobFilter
  const jobs = useJobs(filter)
  const items = jobs.data?.pages.flatMap((page) => page.items)
  return (
    <Page title="Jobs" act={<JobFilters filter={filter} />}>
      <JobsNav />
      {jobs.error && (
        <ProblemNotice error={jobs.error} act={<Button onClick={() => jobs.refetch()}>Try again</Button>} />
      )}
      {!items && !jobs.error && <Skeleton lines={10} />}
      {items?.length === 0 && (
        <EmptyState>
          {Object.keys(filter).length
            ? 'No job fits these filters.'
            : 'The steps of every run will stand here.'}
        </EmptyState>
      )}
      {items && items.length > 0 && <JobTable jobs={items} />}
      {jobs.hasNextPage && (
        <div className="more">
          <Button pending={jobs.isFetchingNextPage} onClick={() => jobs.fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
    </Page>
  )
}
