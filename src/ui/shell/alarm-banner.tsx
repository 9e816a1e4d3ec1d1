import { useAlarms } from '../api/alarms.ts'
import { useMay } from '../api/projects.ts'

/** Says what is wrong with the installation, to who looks after a project, until it is right again. */
export function AlarmBanner() {
  const alarms = useAlarms(useMay('alarms:read')).data ?? []
  return (
    <div role="status" aria-label="Alarms" className="banner-slot">
      {alarms.map(({ id, message }) => (
        <p key={id} className="banner">
          {message}
        </p>
      ))}
    </div>
  )
}
