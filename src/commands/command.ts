import { type ParseArgsConfig, parseArgs } from 'node:util'

/** The command line was not understood; the message says what would be. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** parseArgs whose complaints are UsageErrors that end with the command's usage. */
export function readArgs<const Config extends ParseArgsConfig>(config: Config, usage: string) {
  try {
    return parseArgs(config)
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`)
  }
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
export function untilSignalled(): Promise<void> {
  return new Promise((resolve) => {
    let signals = 0
    const onSignal = () => (++signals === 1 ? resolve() : process.exit(130))
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
  })
}
