import { isEmailAddress } from './email-address.ts'

/** What the settings say of operations. */
export type OpsSettings = {
  /** The mail addresses of those who run this installation. */
  operators: string[]
}

/** Every setting of operations: what it means, and how its text becomes a value. */
export const opsSettings = {
  OPERATORS: {
    fallback: '',
    meaning: 'Who runs this installation and is told how it fares: mail addresses, separated by commas.',
    parse: mailAddresses,
  },
} as const

type Source = Record<string, string | undefined>

/** Reads them, and gives a line for each that is wrong. */
export function readOpsSettings(source: Source): { ops: OpsSettings; problems: string[] } {
  const problems: string[] = []
  const read = <K extends keyof typeof opsSettings>(
    name: K,
  ): ReturnType<(typeof opsSettings)[K]['parse']> => {
    const text = source[name]?.trim() ?? ''
    try {
      return opsSettings[name].parse(text) as ReturnType<(typeof opsSettings)[K]['parse']>
    } catch (error) {
      problems.push(`${name} ${(error as Error).message}.`)
      return undefined as never
    }
  }
  return { ops: { operators: read('OPERATORS') }, problems }
}

function mailAddresses(text: string): string[] {
  const addresses = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
  const wrong = addresses.find((address) => !isEmailAddress(address))
  if (wrong) throw new Error(`must be mail addresses separated by commas, but "${wrong}" is none`)
  return addresses
}
