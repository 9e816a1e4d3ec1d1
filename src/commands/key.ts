import { audit, operator } from '#src/audit/audit.ts'
import { checkDotEnv, readEnv } from '#src/env.ts'
import { createApiKey } from '#src/projects/api-keys.ts'
import { operatorProject } from '#src/projects/operator-project.ts'
import { isPermission, permissionNames, permissions } from '#src/projects/permissions.ts'
import { withDatabase } from '#src/services.ts'
import { readArgs, readName, UsageError } from './command.ts'

export const usage = [
  'Usage: quill key create --project NAME|ID --scopes a,b [--name NAME]',
  '',
  'Makes an API key for a project, which is created when it is missing, and prints the key: this one time.',
  'Once somebody is a member of it, its id (prj_…) says which one is meant: a name may be taken twice.',
  'Scopes:',
  ...permissionNames.map((name) => `  ${name.padEnd(17)} ${permissions[name].meaning}`),
].join('\n')

export async function run(args: string[]): Promise<number> {
  const options = {
    project: { type: 'string' },
    scopes: { type: 'string' },
    name: { type: 'string' },
  } as const
  const { values, positionals } = readArgs({ args, options, allowPositionals: true }, usage)
  if (positionals.join(' ') !== 'create') throw new UsageError(usage)
  const project = readName('--project', values.project, usage)
  const name = readName('--name', values.name ?? 'command line', usage)
  const scopes = readScopes(values.scopes)
  checkDotEnv(process.cwd())
  const env = readEnv(process.env, { needsQueue: false })
  const text = await withDatabase(env, async ({ db }) => {
    const { id: projectId } = await operatorProject(db, project)
    return createApiKey(db, { projectId, name, scopes }, (target) => [
      audit(db, operator, 'api_key.created', { projectId, target, details: { name, scopes } }),
    ])
  })
  process.stdout.write(`${text}\n`)
  return 0
}

function readScopes(text: string | undefined) {
  const names = (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  if (!names.length) throw new UsageError(`--scopes is missing.\n\n${usage}`)
  const unknown = names.filter((name) => !isPermission(name))
  if (unknown.length) throw new UsageError(`Unknown scopes: ${unknown.join(', ')}.\n\n${usage}`)
  return names.filter(isPermission)
}
