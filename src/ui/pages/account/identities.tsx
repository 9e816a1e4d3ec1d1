import { useState } from 'react'
import { type Account, linkIdentity, unlinkIdentity } from '../../api/account.ts'
import { type ProviderName, useSession } from '../../api/session.ts'
import { Button } from '../../components/button.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Moment } from '../../components/time.tsx'
import { providerNames } from '../door/providers.tsx'
import { Section } from './section.tsx'

/** Accounts elsewhere that one signs in with. Absent where no identity provider is set up. */
export function Identities({ account }: { account: Account }) {
  const offered = useSession().data?.door.providers ?? []
  const linked = account.identities.map(({ provider }) => provider)
  const providers = [...new Set([...linked, ...offered])]
  if (!providers.length) return null
  return (
    <Section title="Linked accounts">
      <ul className="lines">
        {providers.map((provider) => (
          <Identity key={provider} provider={provider} account={account} />
        ))}
      </ul>
    </Section>
  )
}

function Identity({ provider, account }: { provider: ProviderName; account: Account }) {
  const [pending, setPending] = useState(false)
  const [failure, setFailure] = useState<unknown>()
  const linked = account.identities.find((each) => each.provider === provider)
  const change = async () => {
    setPending(true)
    setFailure(undefined)
    await (linked ? unlinkIdentity(provider) : linkIdentity(provider)).catch(setFailure)
    setPending(false)
  }
  const name = providerNames[provider]
  return (
    <li>
      <div className="grow">
        <p>{name}</p>
        <p className="muted">
          {linked ? (
            <>
              Linked <Moment at={linked.linkedAt} />
            </>
          ) : (
            'Not linked. Its e-mail address must be the one you have here.'
          )}
        </p>
        {failure !== undefined && <ProblemNotice error={failure} />}
      </div>
      <Button pending={pending} aria-label={`${linked ? 'Unlink' : 'Link'} ${name}`} onClick={change}>
        {linked ? 'Unlink' : 'Link'}
      </Button>
    </li>
  )
}
