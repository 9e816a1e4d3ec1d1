import { sql } from 'drizzle-orm'
import { Elysia, t } from 'elysia'
import type { AppDeps } from '#src/app-deps.ts'
import { documented } from '#src/documented.ts'
import { AppError } from '#src/errors.ts'
import { access } from '#src/projects/access.ts'

const Health = t.Object({ status: t.Literal('ok') }, { title: 'Health' })

/** Whether the process lives, and whether it can serve. */
export const healthRoutes = (deps: AppDeps) => {
  const { db, log } = deps
  return new Elysia({ name: 'health', prefix: '/health', tags: ['Health'] })
    .use(access(deps))
    .get('/live', () => ({ status: 'ok' as const }), {
      probe: 'probes have no key',
      ...documented('live', 'Whether the process lives', { success: { 200: Health }, open: true }),
    })
    .get(
      '/ready',
      async () => {
        try {
          await db.get(sql`SELECT 1`)
        } catch (error) {
          log.error({ err: error }, 'the database does not answer')
          throw new AppError('unavailable', 'The database does not answer.')
        }
        return { status: 'ok' as const }
      },
      {
        probe: 'probes have no key',
        ...documented('ready', 'Whether requests can be served', {
          success: { 200: Health },
          errors: ['unavailable'],
          open: true,
        }),
      },
    )
}
