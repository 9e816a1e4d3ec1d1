import { useState } from 'react'
import { type DeadLetter, type ErrorGroup, retryGroup, retryLetter } from '../../api/dead-letters.ts'
import { useMay } from '../../api/projects.ts'
import { toast } from '../../components/toasts.tsx'
import { countJobs } from './failure-words.ts'

/** How to retry, and whether that is being done; undefined where it is not part of one's role. */
type Retry = { pending: boolean; run: () => void } | undefined

/** A letter of a run is retried with its run, by whoever may write posts; another one by whoever may change jobs. */
export function useRetryLetter(letter: Pick<DeadLetter, 'id' | 'runId'>): Retry {
  const may = useMay(letter.runId ? 'pipelines:run' : 'jobs:write')
  const retry = useAct(async () => {
    await retryLetter(letter)
    return letter.runId ? 'The run goes on where it stopped.' : queuedAgain(1)
  })
  return may ? retry : undefined
}

export function useRetryGroup(group: ErrorGroup): Retry {
  const may = useMay('jobs:write')
  const retry = useAct(async () => queuedAgain(await retryGroup(group)))
  return may ? retry : undefined
}

/** `act` answers with what came of it, in words. */
function useAct(act: () => Promise<string>) {
  const [pending, setPending] = useState(false)
  const run = async () => {
    setPending(true)
    try {
      toast(await act())
    } catch (error) {
      toast((error as Error).message, { isError: true })
    }
    setPending(false)
  }
  return { pending, run: () => void run() }
}

function queuedAgain(count: number): string {
  if (count === 0) return 'There was nothing left to retry.'
  return `${countJobs(count)} ${count === 1 ? 'is' : 'are'} queued again.`
}
