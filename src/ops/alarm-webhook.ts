import { isIP } from 'node:net'
import {
  checkPort,
  isPublic,
  publicAddresses,
  resolveName,
} from '#src/connectors/safe-fetch/public-addresses.ts'
import { ConfigError, type Env } from '#src/env.ts'
import { isLoopback } from '#src/loopback.ts'

type Settings = Pick<Env, 'ops' | 'allowLoopbackFetch'>

/**
 * Throws ConfigError for an ALARM_WEBHOOK_URL that nothing would ever be posted to, as far as it says so itself: its
 * port, or an address of this machine or of an inner network.
 */
export function checkWebhook({ ops, allowLoopbackFetch }: Settings) {
  const url = URL.parse(ops.alarmWebhookUrl)
  if (!url) return
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (allowLoopbackFetch && isLoopback(host)) return
  if (isLoopback(host) || (isIP(host) && !isPublic(host)))
    throw new ConfigError([
      `ALARM_WEBHOOK_URL leads to ${host}, which is not on the public internet: Quill posts to no other.`,
    ])
  try {
    checkPort(url)
  } catch (error) {
    throw new ConfigError([`ALARM_WEBHOOK_URL: ${(error as Error).message}`])
  }
}

/** Why nothing would be posted to ALARM_WEBHOOK_URL, its name looked up as well; undefined when all is well. */
export async function problemOfWebhook(
  { ops, allowLoopbackFetch: allowLoopback }: Settings,
  resolve = resolveName,
): Promise<string | undefined> {
  const url = URL.parse(ops.alarmWebhookUrl)
  if (!url) return undefined
  try {
    await publicAddresses(url, { resolve, allowLoopback })
    return undefined
  } catch (error) {
    return `ALARM_WEBHOOK_URL: ${(error as Error).message}`
  }
}
