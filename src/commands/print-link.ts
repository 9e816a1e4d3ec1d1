import type { Env } from '#src/env.ts'
import { localUrl } from '#src/loopback.ts'

/** Prints a link alone, and beside it that it leads nowhere from elsewhere, where that was hardly meant. */
export function printLink(env: Env, link: string) {
  process.stdout.write(`${link}\n`)
  const advice = adviceOnLinks(env)
  if (advice) process.stderr.write(`The link leads to ${env.publicUrl}. ${advice}\n`)
}

/** What to do about links that lead to HOST and PORT in production; undefined where nothing is to be done. */
export function adviceOnLinks({ environment, publicUrl, host, port }: Env): string | undefined {
  if (environment !== 'production' || publicUrl !== localUrl(host, port)) return undefined
  return 'Set PUBLIC_URL to the address under which people reach this Quill.'
}
