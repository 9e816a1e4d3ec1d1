import { Elysia, t } from 'elysia'
import type { AppDeps } from '#src/app-deps.ts'
import { documented } from '#src/documented.ts'
import { AUDIT_EXPORTS_PER_PROJECT } from '#src/limits/rate-limits.ts'
import { oneOf } from '#src/one-of.ts'
import { pageOf, pageQuery } from '#src/paging.ts'
import { access } from '#src/projects/access.ts'
import { audit } from './audit.ts'
import { exportAudit, listAudit } from './audit-list.ts'
import { AuditEntry, auditActionNames } from './schemas.ts'

const EXPORT_TYPE = 'application/x-ndjson'

const filter = {
  action: t.Optional(oneOf(auditActionNames)),
  userId: t.Optional(t.String({ maxLength: 64 })),
  target: t.Optional(t.String({ maxLength: 64 })),
  from: t.Optional(t.String({ format: 'date-time' })),
  until: t.Optional(t.String({ format: 'date-time' })),
}

/** Who did what in the project, when, and from where. */
export const auditRoutes = (deps: AppDeps) => {
  const { db, limits } = deps
  return new Elysia({ name: 'audit', tags: ['Audit log'] })
    .use(access(deps))
    .get('/audit', ({ principal, query }) => listAudit(db, principal.projectId, query), {
      permission: 'audit:read',
      query: t.Object({ ...pageQuery, ...filter }, { additionalProperties: false }),
      ...documented('listAudit', 'Read the audit log, the latest first', {
        success: { 200: pageOf(AuditEntry) },
      }),
    })
    .get(
      '/audit/export',
      async ({ principal, query, actor, set, request }) => {
        set.headers['content-type'] = EXPORT_TYPE
        if (request.method === 'HEAD') return ''
        await limits.take(AUDIT_EXPORTS_PER_PROJECT, principal.projectId, set)
        // A query has no prototype, which drizzle takes a value's kind from.
        await audit(db, actor(), 'audit_log.exported', {
          projectId: principal.projectId,
          details: { ...query },
        })
        return new Response(exportAudit(db, principal.projectId, query), {
          headers: {
            'content-type': EXPORT_TYPE,
            'content-disposition': `attachment; filename="audit-${principal.projectId}.ndjson"`,
          },
        })
      },
      {
        permission: 'audit:export',
        query: t.Object(filter, { additionalProperties: false }),
        ...documented('exportAudit', 'Export the audit log as lines of JSON', {
          success: { 200: t.Any({ contentMediaType: EXPORT_TYPE }) },
          errors: ['rate_limited'],
        }),
      },
    )
}
