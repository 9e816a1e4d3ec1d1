import { UsageError } from './commands/command.ts'
import { ConfigError } from './env.ts'
import { AppError } from './errors.ts'
import { VERSION } from './version.ts'

const EXIT_FAILED = 1
const EXIT_USAGE = 2

/** Every command: what it is for, and the file that does it, loaded only when it is called. */
const commands = {
  serve: { summary: 'API, interface and worker in one process', load: () => import('./commands/serve.ts') },
  api: { summary: 'API and interface, without a worker', load: () => import('./commands/api.ts') },
  worker: { summary: 'a worker beside an API that has none', load: () => import('./commands/worker.ts') },
  demo: {
    summary: 'serve, with the Demo project open without sign-in',
    load: () => import('./commands/demo.ts'),
  },
  draft: { summary: 'write a post from files, without a server', load: () => import('./commands/draft.ts') },
  migrate: { summary: 'bring the database up to date', load: () => import('./commands/migrate.ts') },
  invite: { summary: 'invite somebody into a project', load: () => import('./commands/invite.ts') },
  account: {
    summary: 'let somebody back in who is locked out',
    load: () => import('./commands/account.ts'),
  },
  key: { summary: 'make an API key', load: () => import('./commands/key.ts') },
  keys: { summary: 'show or rotate the keys that encrypt secrets', load: () => import('./commands/keys.ts') },
  queue: {
    summary: 'pause or resume the queue, or show what waits',
    load: () => import('./commands/queue.ts'),
  },
  doctor: { summary: 'check configuration and connections', load: () => import('./commands/doctor.ts') },
  healthcheck: {
    summary: 'ask a running server whether it is ready',
    load: () => import('./commands/healthcheck.ts'),
  },
} as const

const isCommand = (name: string): name is keyof typeof commands => Object.hasOwn(commands, name)

async function main([name = 'help', ...args]: string[]): Promise<number> {
  if (name === '--version' || name === '-v') return print(VERSION)
  if (['help', '--help', '-h'].includes(name)) return print(help())
  if (!isCommand(name)) throw new UsageError(`There is no command "${name}". \`quill help\` lists them.`)
  const { usage, run } = await commands[name].load()
  if (args.includes('--help') || args.includes('-h')) return print(usage)
  return run(args)
}

function help(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length))
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`)
  return `Usage: quill <command> [options]\n\n${lines.join('\n')}\n\n\`quill <command> --help\` explains one.`
}

async function print(text: string): Promise<number> {
  await Bun.write(Bun.stdout, `${text}\n`)
  return 0
}

/** One clear line for what the person can mend; the whole stack for what is ours. */
function explain(error: unknown): number {
  const expected = error instanceof UsageError || error instanceof ConfigError || error instanceof AppError
  process.stderr.write(`${expected ? error.message : (error as Error)?.stack}\n`)
  return error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error) => process.exit(explain(error)),
)
