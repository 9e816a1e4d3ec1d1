import { useState } from 'react'
import {
  type DeadLetter,
  type ErrorGroup,
  resumeRunOfLetters,
  retryGroup,
  retryLetter,
} from '../../api/dead-letters.ts'
import { useMay } from '../../api/projects.ts'
import { toast } from '../../components/toasts.tsx'
import { countJobs, type Reader } from './failure-words.ts'

/** How to retry, how that is called, and whether it is being done; undefined where it is not part of one's role. */
type Retry = { pending: boolean; name: string; run: () => void } | undefined

const RESUME = 'Resume run'
const RESUMED = 'The run goes on where it stopped.'

/** A letter of a run is retried with its run, by whoever may write posts; another one by whoever may change jobs. */
export function useRetryLetter({ id, runId }: Pick<DeadLetter, 'id' | 'runId'>): Retry {
  const may = useMay(runId ? 'pipelines:run' : 'jobs:write')
  const retry = useAct(async () => {
    if (!runId) return queuedAgain(await retryLetter(id))
    await resumeRunOfLetters(runId)
    return RESUMED
  })
  return may ? { ...retry, name: runId ? RESUME : 'Retry' } : undefined
}

/** The letters of one run are retried by whoever may write posts, any others by whoever may change jobs. */
export function useRetryGroup(group: ErrorGroup): Retry {
  const { run, count } = group
  const may = useMay(run ? 'pipelines:run' : 'jobs:write')
  const retry = useAct(async () => {
    if (!run) return queuedAgain(await retryGroup(group))
    await resumeRunOfLetters(run.id)
    return RESUMED
  })
  return may ? { ...retry, name: run ? RESUME : count === 1 ? 'Retry' : 'Retry all' } : undefined
}

/** As whom one reads of what died. */
export function useReader(mayRetry: boolean): Reader {
  const mayOperate = useMay('alarms:read')
  return mayRetry ? (mayOperate ? 'operator' : 'retrier') : 'onlooker'
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
