import { checkDotEnv, prepareDataDir, readEnv } from '#src/env.ts'
import { createApiKey } from '#src/projects/api-keys.ts'
import { isPermission, permissions } from '#src/projects/permissions.ts'
import { ensureProject } from '#src/projects/projects.ts'
import { openDatabase } from '#src/services.ts'
import { readArgs, UsageError } from './command.ts'

const NAME_CHARS_MAX = 100

export const usage = [
  'Usage: quill key create --project NAME --scopes a,b [--name NAME]',
  '',
  'Makes an API key for a project, which is created when it is missing, and prints the key: this one time.',
  'Scopes:',
  ...Object.entries(permissions).map(([name, meaning]) => `  ${name.padEnd(16)} ${meaning}`),
].join('\n')

export async function run(args: string[]): Promise<number> {
  const options = {
    project: { type: 'string' },
    scopes: { type: 'string' },
    name: { type: 'string' },
  } as const
  const { values, positionals } = readArgs({ args, options, allowPositionals: true }, usage)
  if (positionals.join(' ') !== 'create') throw new UsageError(usage)
  const project = requireName('--project', values.project)
  const name = requireName('--name', values.name ?? 'command line')
  const scopes = readScopes(values.scopes)
  checkDotEnv(process.cwd())
  const env = readEnv(process.env)
  prepareDataDir(env.dataDir)
  const { db, close } = openDatabase(env)
  const key = await createApiKey(db, { projectId: await ensureProject(db, project), name, scopes })
  close()
  process.stdout.write(`${key}\n`)
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

function requireName(option: string, text: string | undefined): string {
  const name = text?.trim()
  if (!name || name.length > NAME_CHARS_MAX)
    throw new UsageError(`${option} must be a name of 1 to ${NAME_CHARS_MAX} characters.\n\n${usage}`)
  return name
}
