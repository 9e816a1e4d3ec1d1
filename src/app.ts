import { Elysia } from 'elysia'
import type { AppDeps } from './app-deps.ts'
import { bodies } from './body.ts'
import { documentRoutes } from './documents/routes.ts'
import { eventRoutes } from './jobs/event-routes.ts'
import { jobRoutes } from './jobs/routes.ts'
import { aboutRoutes } from './ops/about.ts'
import { docs } from './ops/docs.ts'
import { healthRoutes } from './ops/health.ts'
import { pipelineRoutes } from './pipelines/routes.ts'
import { problems } from './problem.ts'
import { refuseUndeclared } from './projects/access.ts'
import { sessionRoutes } from './projects/session-routes.ts'
import { sourceRoutes } from './sources/routes.ts'

/**
 * The API in the order a request meets it: id and errors, body limits, then the routes, each of which checks
 * principal and permission before it validates. Throws when a route has not declared its permission.
 */
export function createApp(deps: AppDeps) {
  const app = new Elysia({ normalize: false })
    .use(problems(deps.log))
    .use(bodies)
    .use(healthRoutes(deps))
    .group('/api/v1', (api) =>
      api
        .use(aboutRoutes(deps))
        .use(sessionRoutes(deps))
        .use(sourceRoutes(deps))
        .use(documentRoutes(deps))
        .use(pipelineRoutes(deps))
        .use(jobRoutes(deps))
        .use(eventRoutes(deps)),
    )
  refuseUndeclared(app.routes)
  return app.use(docs([...app.routes]))
}

export type App = ReturnType<typeof createApp>
