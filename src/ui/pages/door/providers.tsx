import { useState } from 'react'
import { goToProvider, type ProviderName } from '../../api/session.ts'
import { Button } from '../../components/button.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { rememberPlace } from '../../wanted-place.ts'

export const providerNames: Record<ProviderName, string> = { github: 'GitHub', google: 'Google' }

/** A way in by each identity provider that is set up here. */
export function Providers({ names }: { names: readonly ProviderName[] }) {
  const [going, setGoing] = useState<ProviderName>()
  const [failure, setFailure] = useState<unknown>()
  if (!names.length) return null
  const go = (provider: ProviderName) => {
    rememberPlace()
    setGoing(provider)
    setFailure(undefined)
    goToProvider(provider).catch((error) => {
      setFailure(error)
      setGoing(undefined)
    })
  }
  return (
    <div className="door-ways">
      {names.map((provider) => (
        <Button key={provider} pending={going === provider} onClick={() => go(provider)}>
          Continue with {providerNames[provider]}
        </Button>
      ))}
      {failure !== undefined && <ProblemNotice error={failure} />}
    </div>
  )
}
