import { isEmailAddress } from './email-address.ts'
import { Secret } from './secret.ts'
import { webAddress, wholeNumber } from './setting-values.ts'

const TOKEN_CHARS_MIN = 16

/** What the settings say of operations. */
export type OpsSettings = {
  /** The mail addresses of those who run this installation. */
  operators: string[]
  /** Where alarms are posted to, and the key that signs them: both or neither. */
  alarmWebhookUrl: string
  alarmWebhookSecret: Secret | undefined
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
  ALARM_WEBHOOK_URL: {
    fallback: '',
    meaning:
      'Where alarms are posted to, signed as Standard Webhooks has it; without it OPERATORS are told by mail.',
    parse: webhookUrl,
  },
  ALARM_WEBHOOK_SECRET: {
    fallback: '',
    meaning: 'The key that signs them, `whsec_<base64 of 24 to 64 bytes>`.',
    parse: webhookSecret,
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
  if (!source.ALARM_WEBHOOK_URL?.trim() !== !source.ALARM_WEBHOOK_SECRET?.trim())
    problems.push('ALARM_WEBHOOK_URL and ALARM_WEBHOOK_SECRET must be set both, or neither.')
  return {
    ops: {
      operators: read('OPERATORS'),
      alarmWebhookUrl: read('ALARM_WEBHOOK_URL'),
      alarmWebhookSecret: read('ALARM_WEBHOOK_SECRET'),
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
  if (wrong) throw new Error(`must be mail addresses separated by commas, but "${wrong}" ${faultOf(wrong)}`)
  return addresses
}

/** Why it is no mail address, as far as that can be told in a few words. */
function faultOf(text: string): string {
  const [local, domain, ...others] = text.split('@')
  if (domain === undefined) return 'has no @'
  if (others.length) return 'has more than one @'
  if (!local || !domain) return 'has nothing on one side of its @'
  if (!domain.includes('.')) return 'names no domain with a dot'
  if (!/\.[A-Za-z]{2,}$/.test(domain))
    return 'does not end like a domain: two letters at least after the last dot'
  return 'holds something that a plain address does not have'
}

function webhookUrl(text: string): string {
  return text && webAddress(text)
}

function webhookSecret(text: string): Secret | undefined {
  if (!text) return undefined
  const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? []
  const { length } = Buffer.from(base64, 'base64')
  if (length < 24 || length > 64) throw new Error('must be `whsec_` and the base64 of 24 to 64 bytes')
  return new Secret(text)
}

function token(text: string): Secret | undefined {
  if (!text) return undefined
  if (text.length < TOKEN_CHARS_MIN) throw new Error(`must have ${TOKEN_CHARS_MIN} characters at least`)
  return new Secret(text)
}

function port(text: string): number | undefined {
  return text ? wholeNumber(0, 65_535)(text) : undefined
}
