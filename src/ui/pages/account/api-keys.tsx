import { useState } from 'react'
import { type NewApiKey, useApiKeys } from '../../api/api-keys.ts'
import { useSession } from '../../api/session.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { AccountNav } from './account-nav.tsx'
import { DemoAccount } from './demo-account.tsx'
import { KeyCreator } from './key-creator.tsx'
import { KeyRow } from './key-row.tsx'
import { KeyText } from './key-text.tsx'

/** A key's text, and how it came to be. */
export type FreshKey = NewApiKey & { oldEndsAt?: string }

/** The API keys that a person made for themselves. */
export default function ApiKeys() {
  if (useSession().data?.user?.isDemo) return <DemoAccount title="API keys" />
  return <OwnKeys />
}

function OwnKeys() {
  const keys = useApiKeys()
  const [creating, setCreating] = useState(false)
  const [fresh, setFresh] = useState<FreshKey>()
  const create = (
    <Button look="primary" icon="plus" onClick={() => setCreating(true)}>
      New API key
    </Button>
  )
  const isEmpty = keys.data?.length === 0 && !creating && !fresh
  return (
    <Page title="API keys" width="form" act={!creating && !fresh && !isEmpty && create}>
      <AccountNav />
      {fresh && <KeyText fresh={fresh} onSaved={() => setFresh(undefined)} />}
      {creating && (
        <KeyCreator
          onCancel={() => setCreating(false)}
          onMade={(made) => {
            setCreating(false)
            setFresh(made)
          }}
        />
      )}
      {keys.error && (
        <ProblemNotice error={keys.error} act={<Button onClick={() => keys.refetch()}>Try again</Button>} />
      )}
      {!keys.data && !keys.error && <Skeleton lines={4} />}
      {isEmpty && (
        <EmptyState act={create}>
          Keys for programs that work with Quill in your name will stand here. What a key may do, you choose.
        </EmptyState>
      )}
      <ul className="lines">
        {keys.data?.map((key) => (
          <KeyRow key={key.id} apiKey={key} onRotated={setFresh} />
        ))}
      </ul>
    </Page>
  )
}
