import type { Server } from 'bun'
import type { App } from './app.ts'
import { ConfigError, type Env } from './env.ts'
import { interfaceRoutes } from './interface.ts'

/** What is answered besides, and who is told of each request: method, status, and milliseconds. */
export type Besides = {
  routes?: Record<string, (request: Request) => Promise<Response>>
  observe?(method: string, status: number, durationMs: number): void
}

/** Longer than a step may be waited for, and than the heartbeat of the event stream. */
const IDLE_SECONDS = 90
/** The app itself refuses a body that is too large, by a problem document, and reads no further. */
const BODY_BYTES_MAX = Number.MAX_SAFE_INTEGER
const API_PATHS = ['/api/*', '/docs', '/docs/*', '/health/*'] as const

/** Listens with the API and the interface. Throws ConfigError when the port cannot be had. */
export async function listen(app: App, env: Env, besides: Besides = {}): Promise<Server<undefined>> {
  const { observe } = besides
  const toApp = observe ? observed(app, observe) : (request: Request) => app.fetch(request)
  const routes = {
    ...(await interfaceRoutes(undefined, env)),
    ...Object.fromEntries(API_PATHS.map((path) => [path, toApp])),
    ...besides.routes,
  }
  try {
    return Bun.serve({
      hostname: env.host,
      port: env.port,
      routes,
      // Outside of development it would be on: two servers would listen on one port and share its requests.
      reusePort: false,
      idleTimeout: IDLE_SECONDS,
      maxRequestBodySize: BODY_BYTES_MAX,
      development: env.environment === 'development' &&
        !Bun.isStandaloneExecutable && { hmr: true, console: false },
      fetch: toApp,
    })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new ConfigError([
        `PORT ${env.port} on ${env.host} is taken. Stop what listens there, or set PORT to another one.`,
      ])
    throw new ConfigError([`HOST ${env.host} with PORT ${env.port} cannot be listened on: ${message}.`])
  }
}

const observed = (app: App, observe: NonNullable<Besides['observe']>) => async (request: Request) => {
  const startedAt = performance.now()
  const response = await app.fetch(request)
  observe(request.method, response.status, performance.now() - startedAt)
  return response
}

/** Takes no more requests and lets those that run end; after the grace their connections are cut. */
export async function drain(server: Server<undefined>, graceMs: number): Promise<void> {
  const cut = setTimeout(() => server.stop(true), graceMs)
  await server.stop()
  clearTimeout(cut)
}
