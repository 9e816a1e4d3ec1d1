import { signOut } from '../../api/session.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Page } from '../../components/page.tsx'

export const DemoAccount = ({ title }: { title: string }) => (
  <Page title={title} width="form">
    <EmptyState
      act={
        <Button look="primary" onClick={() => void signOut()}>
          Sign out
        </Button>
      }
    >
      The demo has no account of its own. Sign out to make one, or to sign in.
    </EmptyState>
  </Page>
)
