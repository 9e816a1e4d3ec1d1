import { isEmailAddress } from './email-address.ts'
import { Secret } from './secret.ts'
import { wholeNumber } from './setting-values.ts'

const TOKEN_CHARS_MIN = 16

/** What the settings say of operations. */
export type OpsSettings = {
  /** The mail addresses of those who run this installation. */
  operators: string[]
  /** Whoever asks for metrics must hold it. */
  metricsToken: Secret | undefined
  /** Where metrics are answered besides; 0 takes any free port. */
  metricsPort: number | undefined
}

/** Every setting of operations: what it means, and how its text becomes a value. */
export const opsSettings = {
  OPERATORS: {
    fallback: '',
    meaning: 'Who runs this installation and is told how it fares: mail addresses, separated by commas.',
    parse: mailAddresses,
  },
  METRICS_TOKEN: {
    fallback: '',
    meaning:
      'Answers `/metrics` and `/internal/scale` to whoever sends it as a bearer token, of 16 characters at least.',
    parse: token,
  },
  METRICS_PORT: {
    fallback: '',
    meaning:
      'Answers them on a port of their own, on HOST; without METRICS_TOKEN to everybody who reaches it.',
    parse: port,
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
  return {
    ops: {
      operators: read('OPERATORS'),
      metricsToken: read('METRICS_TOKEN'),
      metricsPort: read('METRICS_PORT'),
    },
    problems,
  }
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

function token(text: string): Secret | undefined {
  if (!text) return undefined
  if (text.length < TOKEN_CHARS_MIN) throw new Error(`must have ${TOKEN_CHARS_MIN} characters at least`)
  return new Secret(text)
}

function port(text: string): number | undefined {
  return text ? wholeNumber(0, 65_535)(text) : undefined
}
