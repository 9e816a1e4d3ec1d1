import { useLocation } from 'wouter'
import { ButtonLink } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Page } from '../components/page.tsx'

export default function NotFound() {
  const [location] = useLocation()
  return (
    <Page title="Nothing is at this address">
      <EmptyState
        act={
          <ButtonLink href="/" look="primary">
            Go to documents
          </ButtonLink>
        }
      >
        There is no page at <code>{location}</code>. It may have been deleted, or the address has a slip in
        it.
      </EmptyState>
    </Page>
  )
}
