import { t } from 'elysia'
import { oneOf } from '#src/one-of.ts'
import { type AuditAction, auditActions } from './audit.ts'

export const auditActionNames = Object.keys(auditActions) as AuditAction[]

const nullable = t.Union([t.String(), t.Null()])

export const AuditEntry = t.Object(
  {
    id: t.String(),
    at: t.String({ format: 'date-time' }),
    action: oneOf(auditActionNames),
    actor: t.Object({ name: t.String(), userId: nullable, kind: t.String(), principalId: nullable }),
    target: nullable,
    details: t.Record(t.String(), t.Any()),
    projectId: nullable,
    address: nullable,
    requestId: nullable,
  },
  { title: 'AuditEntry' },
)
