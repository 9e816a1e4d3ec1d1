import { Elysia, t } from 'elysia'
import type { AppDeps } from '#src/app-deps.ts'
import { documented } from '#src/documented.ts'
import { access, authenticator } from '#src/projects/access.ts'
import type { EventHub, Listener } from './event-hub.ts'
import { eventTypes } from './events.ts'

export const HEARTBEAT_MS = 15_000
/** A stream is closed after this long, so that a client's rights are never older; it resumes by id. */
export const STREAM_LIFETIME_MS = 15 * 60_000
/** A client that has not read this many frames is cut off; it resumes by id where it stopped. */
const FRAMES_BUFFERED_MAX = 1_000
const RETRY_MS = 1_000

const encoder = new TextEncoder()

export const eventRoutes = ({ db, hub }: AppDeps) => {
  const authenticate = authenticator(db)
  return new Elysia({ name: 'events', tags: ['Events'] }).use(access(db)).get(
    '/events',
    ({ request, principal, query, headers }) =>
      eventStream({
        hub,
        signal: request.signal,
        projectId: principal.projectId,
        after: headers['last-event-id'] ?? query.after,
        stillAllowed: async () => (await authenticate(request))?.permissions.has('events:read') ?? false,
      }),
    {
      permission: 'events:read',
      headers: t.Object(
        { 'last-event-id': t.Optional(t.Integer({ minimum: 0 })) },
        { additionalProperties: true },
      ),
      query: t.Object(
        {
          after: t.Optional(
            t.Integer({ minimum: 0, description: 'As `Last-Event-ID`, for clients that cannot send it.' }),
          ),
        },
        { additionalProperties: false },
      ),
      ...documented('streamEvents', 'Follow what happens, live', {
        description: [
          'Server-sent events. Each has a durable id; send the last one back as `Last-Event-ID` and nothing is missed.',
          `Types: ${eventTypes.map((type) => `\`${type}\``).join(', ')}, and \`reset\` when the id is too old: fetch anew.`,
          `A comment is sent every ${HEARTBEAT_MS / 1000} s; the stream is closed after ${STREAM_LIFETIME_MS / 60_000} min.`,
        ].join(' '),
        success: { 200: t.Any({ description: 'A stream of `text/event-stream`.' }) },
      }),
    },
  )
}

type StreamOptions = {
  hub: EventHub
  signal: AbortSignal
  projectId: string
  after: number | undefined
  stillAllowed: () => Promise<boolean>
}

function eventStream({ hub, signal, projectId, after, stillAllowed }: StreamOptions): Response {
  let free = () => {}
  const stream = new ReadableStream<Uint8Array>(
    {
      async start(controller) {
        const endsAt = Date.now() + STREAM_LIFETIME_MS
        let open = true
        let unsubscribe = () => {}
        const heartbeat = setInterval(beat, HEARTBEAT_MS)
        signal.addEventListener('abort', close)
        free = () => {
          open = false
          clearInterval(heartbeat)
          signal.removeEventListener('abort', close)
          unsubscribe()
        }
        const send: Listener = (frame) => {
          if (open && (controller.desiredSize ?? 0) <= 0) close()
          if (open) controller.enqueue(frame)
          return open
        }

        send(encoder.encode(`retry: ${RETRY_MS}\n: connected\n\n`))
        unsubscribe = await hub.subscribe(projectId, after, send)
        if (!open) unsubscribe()

        function close() {
          if (!open) return
          free()
          controller.close()
        }
        async function beat() {
          if (Date.now() >= endsAt || !(await stillAllowed().catch(() => false))) close()
          else send(encoder.encode(': heartbeat\n\n'))
        }
      },
      cancel: () => free(),
    },
    { highWaterMark: FRAMES_BUFFERED_MAX },
  )
  return new Response(stream, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
  })
}
