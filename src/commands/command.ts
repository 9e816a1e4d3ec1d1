import { type ParseArgsConfig, parseArgs } from 'node:util'
import { isEmailAddress } from '#src/email-address.ts'

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

const NAME_CHARS_MAX = 100

/** The name that an option gives. Throws UsageError where it is missing or too long. */
export function readName(option: string, text: string | undefined, usage: string): string {
  if (text === undefined) throw new UsageError(`${option} is missing.\n\n${usage}`)
  const name = text.trim()
  if (!name || name.length > NAME_CHARS_MAX)
    throw new UsageError(`${option} must be a name of 1 to ${NAME_CHARS_MAX} characters.\n\n${usage}`)
  return name
}

/** The address that is the only argument, in small letters. Throws UsageError for anything else. */
export function readEmail([text, ...more]: string[], usage: string): string {
  if (text === undefined || more.length) throw new UsageError(usage)
  if (!isEmailAddress(text)) throw new UsageError(`"${text}" is no e-mail address.\n\n${usage}`)
  return text.toLowerCase()
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
