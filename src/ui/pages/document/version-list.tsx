import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { restoreVersion, useVersions, type VersionSummary } from '../../api/documents.ts'
import { useMay } from '../../api/projects.ts'
import { Badge } from '../../components/badge.tsx'
import { Button, ButtonLink } from '../../components/button.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { Moment } from '../../components/time.tsx'
import { toast } from '../../components/toasts.tsx'

type Props = { id: string; shown: number; newest: number }

/** Every version: read it, compare it with the newest, make it the newest again. */
export function VersionList({ id, shown, newest }: Props) {
  const versions = useVersions(id, newest)
  if (versions.error) return <ProblemNotice error={versions.error} />
  if (!versions.data) return <Skeleton lines={3} />
  return (
    <ol className="version-list">
      {versions.data.items.map((version) => (
        <VersionItem key={version.number} version={version} id={id} shown={shown} newest={newest} />
      ))}
    </ol>
  )
}

function VersionItem({ version, id, shown, newest }: Props & { version: VersionSummary }) {
  const { number, reason, words, createdAt } = version
  const href = number === newest ? `/documents/${id}` : `/documents/${id}/versions/${number}`
  return (
    <li data-shown={number === shown || undefined}>
      <p>
        <Link href={href} aria-current={number === shown ? 'true' : undefined}>
          Version {number}
        </Link>
        {number === newest && <Badge>Newest</Badge>}
      </p>
      <p className="muted">
        {reason} · {words.toLocaleString('en')} words · <Moment at={createdAt} />
      </p>
      {number !== newest && (
        <div className="acts">
          <ButtonLink href={`/documents/${id}/compare/${number}/${newest}`} icon="compare">
            Compare with {newest}
          </ButtonLink>
          <RestoreButton id={id} number={number} />
        </div>
      )}
    </li>
  )
}

/** Makes a version the newest again; nothing is lost, so nothing is asked. */
export function RestoreButton({ id, number }: { id: string; number: number }) {
  const [, navigate] = useLocation()
  const [pending, setPending] = useState(false)
  const mayRestore = useMay('documents:write')
  const restore = async () => {
    setPending(true)
    try {
      const made = await restoreVersion(id, number)
      toast(`Version ${number} is the newest again, as version ${made.number}.`)
      navigate(`/documents/${id}`)
    } catch (error) {
      toast((error as Error).message, { isError: true })
    }
    setPending(false)
  }
  if (!mayRestore) return null
  return (
    <Button icon="restore" pending={pending} onClick={restore}>
      Restore version {number}
    </Button>
  )
}
