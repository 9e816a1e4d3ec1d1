import { Component, type ComponentType, lazy, type ReactNode, Suspense } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { Button } from './components/button.tsx'
import { Page } from './components/page.tsx'
import { ProblemNotice } from './components/problem-notice.tsx'
import { Skeleton } from './components/skeleton.tsx'
import Documents from './pages/documents.tsx'

type Load = () => Promise<{ default: ComponentType<PageProps> }>
export type PageProps = { params: Record<string, string | undefined> }

/** Every page: its address and the file that shows it. The first match counts, the last one matches anything. */
const routes: [path: string, page: ComponentType<PageProps>][] = [
  ['/', Documents],
  ['/documents', Documents],
  ['/documents/new', later(() => import('./pages/new-document.tsx'))],
  ['/documents/:id', later(() => import('./pages/document.tsx'))],
  ['/documents/:id/versions/:number', later(() => import('./pages/document.tsx'))],
  ['/documents/:id/compare/:from/:to', later(() => import('./pages/compare.tsx'))],
  ['/sources', later(() => import('./pages/sources.tsx'))],
  ['/sources/:id', later(() => import('./pages/source.tsx'))],
  ['/jobs', later(() => import('./pages/jobs.tsx'))],
  ['/*', later(() => import('./pages/not-found.tsx'))],
]

export function Pages() {
  const [location] = useLocation()
  return (
    <PageBoundary location={location}>
      <Suspense fallback={<Skeleton lines={5} />}>
        <Switch>
          {routes.map(([path, page]) => (
            <Route key={path} path={path} component={page as ComponentType} />
          ))}
        </Switch>
      </Suspense>
    </PageBoundary>
  )
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
