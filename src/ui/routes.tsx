import { Component, type ComponentType, lazy, type ReactNode, Suspense } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import type { Permission } from './api/projects.ts'
import { useSession } from './api/session.ts'
import { Button } from './components/button.tsx'
import { Page } from './components/page.tsx'
import { ProblemNotice } from './components/problem-notice.tsx'
import { Skeleton } from './components/skeleton.tsx'
import Documents from './pages/documents.tsx'
import { NotOpen } from './pages/not-open.tsx'

type Load = () => Promise<{ default: ComponentType<PageProps> }>
export type PageProps = { params: Record<string, string | undefined> }

/**
 * Every page: its address, the file that shows it and, where it is about the project, the right it needs. The first
 * match counts, the last one matches anything.
 */
const routes: [path: string, page: ComponentType<PageProps>, needs?: Permission][] = [
  ['/', Documents, 'documents:read'],
  ['/documents', Documents, 'documents:read'],
  ['/documents/new', later(() => import('./pages/new-document.tsx')), 'documents:write'],
  ['/documents/:id', later(() => import('./pages/document.tsx')), 'documents:read'],
  ['/documents/:id/versions/:number', later(() => import('./pages/document.tsx')), 'documents:read'],
  ['/documents/:id/compare/:from/:to', later(() => import('./pages/compare.tsx')), 'documents:read'],
  ['/sources', later(() => import('./pages/sources.tsx')), 'sources:read'],
  ['/sources/:id', later(() => import('./pages/source.tsx')), 'sources:read'],
  ['/jobs', later(() => import('./pages/jobs.tsx')), 'jobs:read'],
  ['/jobs/dead-letters', later(() => import('./pages/dead-letters.tsx')), 'jobs:read'],
  ['/jobs/alarms', later(() => import('./pages/alarms.tsx')), 'alarms:read'],
  ['/settings', later(() => import('./pages/settings.tsx')), 'project:read'],
  ['/settings/members', later(() => import('./pages/members.tsx')), 'members:read'],
  ['/settings/api-keys', later(() => import('./pages/project-keys.tsx')), 'api_keys:manage'],
  ['/settings/audit', later(() => import('./pages/audit.tsx')), 'audit:read'],
  ['/account', later(() => import('./pages/account.tsx'))],
  ['/account/api-keys', later(() => import('./pages/account/api-keys.tsx'))],
  ['/mail', later(() => import('./pages/mail.tsx'))],
  ['/mail/:id', later(() => import('./pages/mail.tsx'))],
  ['/*', later(() => import('./pages/not-found.tsx'))],
]

export function Pages() {
  const [location] = useLocation()
  return (
    <PageBoundary location={location}>
      <Suspense fallback={<Skeleton lines={5} />}>
        <Switch>
          {routes.map(([path, Page, needs]) => (
            <Route key={path} path={path}>
              {(params) => (
                <Room needs={needs}>
                  <Page params={params} />
                </Room>
              )}
            </Route>
          ))}
        </Switch>
      </Suspense>
    </PageBoundary>
  )
}

/** Shows a page to whom it is open, and says to others why it is not. */
function Room({ needs, children }: { needs: Permission | undefined; children: ReactNode }) {
  const permissions = useSession().data?.permissions ?? []
  if (!needs || permissions.includes(needs)) return children
  return <NotOpen />
}

type Broken = { location: string; error?: Error }

/** Keeps a page that breaks from taking the house with it; the next page starts afresh. */
class PageBoundary extends Component<{ location: string; children: ReactNode }, Broken> {
  override state: Broken = { location: this.props.location }

  static getDerivedStateFromError(error: Error) {
    return { error }
  }

  static getDerivedStateFromProps({ location }: { location: string }, state: Broken) {
    return location === state.location ? null : { location, error: undefined }
  }

  override render() {
    if (!this.state.error) return this.props.children
    return (
      <Page title="This page broke">
        <ProblemNotice
          error={this.state.error}
          safe="What you saved is safe."
          act={<Button onClick={() => window.location.reload()}>Load again</Button>}
        />
      </Page>
    )
  }
}

function later(load: Load) {
  return lazy(load)
}
