// Writes who may do what, and how often, into docs/access.md: from src/projects/permissions.ts and src/limits.
import { join } from 'node:path'
import { auditActions } from '#src/audit/audit.ts'
import { rateLimits } from '#src/limits/rate-limits.ts'
import { SIGN_IN_RULE } from '#src/limits/sign-in.ts'
import {
  permissionNames,
  permissions,
  permissionsOf,
  roleMeanings,
  roles,
} from '#src/projects/permissions.ts'

const file = join(import.meta.dir, '../docs/access.md')

const tables: Record<string, () => string[]> = {
  roles: () => [
    '| Role | What it is for |',
    '| --- | --- |',
    ...roles.map((role) => `| \`${role}\` | ${roleMeanings[role]} |`),
  ],
  rights: () => [
    `| Right | | ${roles.join(' | ')} |`,
    `| --- | --- | ${roles.map(() => ':-:').join(' | ')} |`,
    ...permissionNames.map((name) => {
      const marks = roles.map((role) => (permissionsOf[role].has(name) ? '●' : ''))
      const { meaning, later } = permissions[name]
      return `| \`${name}\` | ${meaning}${later ? ' *No route asks for it yet.*' : ''} | ${marks.join(' | ')} |`
    }),
  ],
  limits: () => [...rateLimits.map(({ rule }) => rule), SIGN_IN_RULE].map((rule) => `- ${rule}`),
  audit: () => [
    '| Action | What happened |',
    '| --- | --- |',
    ...Object.entries(auditActions).map(([action, meaning]) => `| \`${action}\` | ${meaning} |`),
  ],
}

/** The document with its tables as the code has them now. */
export function withTables(document: string): string {
  return Object.entries(tables).reduce((text, [name, rows]) => {
    const pattern = new RegExp(
      `(<!-- ${name}: written by \`bun scripts/rights.ts\` -->\n)[^]*?(<!-- /${name} -->)`,
    )
    if (!pattern.test(text)) throw new Error(`docs/access.md has lost its mark for ${name}`)
    return text.replace(pattern, (_, start: string, end: string) => `${start}${rows().join('\n')}\n${end}`)
  }, document)
}

if (import.meta.main) await Bun.write(file, withTables(await Bun.file(file).text()))
