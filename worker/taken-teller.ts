import type { Db } from '#db/connect.ts'
import type { JobRow } from '#src/jobs/schemas.ts'
import type { Log } from '#src/log.ts'
import { tellTaken } from './perform.ts'

/** Of a quick job that is over within this time only its end is told. */
const UNTOLD_MS = 20

/** Tells the listeners of jobs that this worker took, unless their end has been told by then. */
export function createTakenTeller(db: Db, { log, told }: { log: Log; told(): void }) {
  const untold = new Map<string, JobRow>()
  let timer: Timer | undefined

  return {
    /** Of slow jobs it is told at once, before anything that they tell themselves. */
    taken(jobs: readonly JobRow[], { areQuick }: { areQuick: boolean }) {
      for (const job of jobs) untold.set(job.id, job)
      if (areQuick) timer ??= setTimeout(tell, UNTOLD_MS)
      else tell()
    },
    over: (job: JobRow) => void untold.delete(job.id),
    stop: () => clearTimeout(timer),
  }

  function tell() {
    clearTimeout(timer)
    timer = undefined
    const [first, ...others] = [...untold.values()].map(tellTaken)
    untold.clear()
    if (!first) return
    db.batch([first, ...others]).then(told, (error) =>
      log.error({ err: error }, 'that jobs were taken could not be told'),
    )
  }
}
