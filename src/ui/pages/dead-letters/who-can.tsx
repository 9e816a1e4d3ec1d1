import { useMay } from '../../api/projects.ts'
import { useWhoMay } from '../../who-may.ts'

/** Says who retries what died, to those whose role it is not; what is part of runs may still be theirs to resume. */
export function WhoCan({ part }: { part: 'runs' | 'no run' }) {
  const mayRun = useMay('pipelines:run')
  const who = useWhoMay(part === 'runs' ? 'pipelines:run' : 'jobs:write')
  if (part === 'runs' && mayRun) return 'Open it to resume the runs one by one.'
  if (!who) return null
  return `${who[0]!.toUpperCase()}${who.slice(1)} can ${part === 'runs' ? 'resume' : 'retry'} it.`
}
