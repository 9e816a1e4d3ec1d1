import { Elysia, t } from 'elysia'
import type { AppDeps } from '#src/app-deps.ts'
import { documented } from '#src/documented.ts'
import { access } from '#src/projects/access.ts'
import { NAME, VERSION } from '#src/version.ts'

const About = t.Object(
  {
    name: t.String(),
    version: t.String(),
    environment: t.String(),
    queue: t.Union([t.Literal('inline'), t.Literal('cloudflare')]),
    links: t.Record(t.String(), t.String()),
  },
  { title: 'About' },
)

/** What answers here. */
export const aboutRoutes = (deps: AppDeps) => {
  const { env, queue } = deps
  return new Elysia({ name: 'about', tags: ['About'] }).use(access(deps)).get(
    '',
    () => ({
      name: NAME,
      version: VERSION,
      environment: env.environment,
      queue: queue.name,
      links: {
        documentation: '/docs',
        openapi: '/docs/json',
        sources: '/api/v1/sources',
        documents: '/api/v1/documents',
        jobs: '/api/v1/jobs',
        events: '/api/v1/events',
        ready: '/health/ready',
      },
    }),
    {
      open: 'it is the first page of the API',
      ...documented('about', 'Name, version and queue of this installation', {
        success: { 200: About },
        open: true,
      }),
    },
  )
}
