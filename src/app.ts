import { Elysia } from 'elysia'
import { accountRoutes } from './accounts/account-routes.ts'
import { callbackRoutes } from './accounts/callback-routes.ts'
import { signInRoutes } from './accounts/sign-in-routes.ts'
import { twoFactorRoutes } from './accounts/two-factor-routes.ts'
import type { AppDeps } from './app-deps.ts'
import { auditRoutes } from './audit/routes.ts'
import { bodies } from './body.ts'
import { cors } from './cors.ts'
import { documentRoutes } from './documents/routes.ts'
import { eventRoutes } from './jobs/event-routes.ts'
import { jobRoutes } from './jobs/routes.ts'
import { mailRoutes } from './mail/routes.ts'
import { aboutRoutes } from './ops/about.ts'
import { alarmRoutes } from './ops/alarm-routes.ts'
import { docs } from './ops/docs.ts'
import { healthRoutes } from './ops/health.ts'
import { pipelineRoutes } from './pipelines/routes.ts'
import { problems } from './problem.ts'
import { authenticator, refuseUndeclared } from './projects/access.ts'
import { keyRoutes } from './projects/key-routes.ts'
import { memberRoutes } from './projects/member-routes.ts'
import { projectRoutes } from './projects/project-routes.ts'
import { sessionRoutes } from './projects/session-routes.ts'
import { sourceRoutes } from './sources/routes.ts'

/**
 * The API in the order a request meets it: id and errors, body limits, then the routes, each of which checks
 * principal and permission before it validates. Throws when a route has not declared its permission.
 */
export function createApp(deps: AppDeps) {
  const authenticate = authenticator(deps)
  const app = new Elysia({ normalize: false })
    .use(problems(deps.log, deps.env))
    .use(cors(deps.env))
    .use(bodies(async (request) => (await authenticate(request)) !== undefined))
    .use(healthRoutes(deps))
    .group('/api/v1', (api) =>
      api
        .use(aboutRoutes(deps))
        .use(sessionRoutes(deps))
        .use(signInRoutes(deps))
        .use(callbackRoutes(deps))
        .use(accountRoutes(deps))
        .use(twoFactorRoutes(deps))
        .use(projectRoutes(deps))
        .use(memberRoutes(deps))
        .use(keyRoutes(deps))
        .use(auditRoutes(deps))
        .use(alarmRoutes(deps))
        .use(mailRoutes(deps))
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
