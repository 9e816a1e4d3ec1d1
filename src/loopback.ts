/** The names by which a machine reaches itself, as they stand in HOST. */
export const LOOPBACK_HOSTS = ['127.0.0.1', '::1', 'localhost']

export const isLoopback = (host: string) => LOOPBACK_HOSTS.includes(host.replace(/^\[|\]$/g, ''))

/** Where a server with this HOST and PORT is reached from this machine. */
export function localUrl(host: string, port: number): string {
  const reached = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`
}
