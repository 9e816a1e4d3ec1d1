import { useSearch } from 'wouter'
import { type Account as AccountOf, useAccount } from '../api/account.ts'
import { useSession } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { Page } from '../components/page.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { Skeleton } from '../components/skeleton.tsx'
import { AccountNav } from './account/account-nav.tsx'
import { ActivityList } from './account/activity-list.tsx'
import { DeleteAccount } from './account/delete-account.tsx'
import { DemoAccount } from './account/demo-account.tsx'
import { Identities } from './account/identities.tsx'
import { Profile } from './account/profile.tsx'
import { Sessions } from './account/sessions.tsx'
import { TwoFactor } from './account/two-factor.tsx'
import { describeRefusal } from './door/provider-refusals.ts'

/** What a person decides about themselves: who they are, how they sign in, and where they are signed in. */
export default function Account() {
  const session = useSession()
  if (session.data?.user?.isDemo) return <DemoAccount title="Account" />
  return <OwnAccount />
}

function OwnAccount() {
  const account = useAccount()
  const refusal = describeRefusal(useSearch())
  return (
    <Page title="Account" width="form">
      <AccountNav />
      {refusal && <ProblemNotice error={new Error(refusal)} />}
      {account.error && (
        <ProblemNotice
          error={account.error}
          act={<Button onClick={() => account.refetch()}>Try again</Button>}
        />
      )}
      {!account.data && !account.error && <Skeleton lines={8} />}
      {account.data && <Sections account={account.data} />}
    </Page>
  )
}

const Sections = ({ account }: { account: AccountOf }) => (
  <>
    <Profile account={account} />
    <TwoFactor account={account} />
    <Identities account={account} />
    <Sessions />
    <ActivityList />
    <DeleteAccount account={account} />
  </>
)
