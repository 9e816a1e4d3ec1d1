import type { EventHub, Following, Listener } from './event-hub.ts'
import type { EventType } from './events.ts'

export const HEARTBEAT_MS = 15_000
/** A stream is closed after this long, so that a client's rights are never older; it resumes by id. */
export const STREAM_LIFETIME_MS = 15 * 60_000
/** A client that has not read this many frames is cut off; it resumes by id where it stopped. */
export const FRAMES_BUFFERED_MAX = 1_000
const RETRY_MS = 1_000
const CHANGES_RIGHTS: ReadonlySet<string> = new Set<EventType>(['members.updated', 'project.updated'])

export const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
}

const encoder = new TextEncoder()

export type StreamOptions = {
  hub: EventHub
  signal: AbortSignal
  projectId: string
  after: number | undefined
  /** Asked at each heartbeat and when rights were changed: a stream does not outlive the right to it. */
  stillAllowed: () => Promise<boolean>
  /** Whether whoever listens may know of events of a type. */
  mayHear: (type: string) => boolean
  heartbeatMs?: number
}

/** A project's events as server-sent events, until the client goes, the right to them ends or the hub closes. */
export function eventStream({
  hub,
  signal,
  projectId,
  after,
  stillAllowed,
  mayHear,
  ...options
}: StreamOptions): Response {
  let free = () => {}
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const endsAt = Date.now() + STREAM_LIFETIME_MS
        let open = true
        let following: Following | undefined
        const heartbeat = setInterval(beat, options.heartbeatMs ?? HEARTBEAT_MS)
        signal.addEventListener('abort', close)
        free = () => {
          open = false
          clearInterval(heartbeat)
          signal.removeEventListener('abort', close)
          following?.stop()
        }
        const listener: Listener = {
          receive(frame, type) {
            const sent = mayHear(type) ? send(frame) : open
            if (CHANGES_RIGHTS.has(type)) void leaveUnlessAllowed()
            return sent
          },
          end: close,
        }

        send(encoder.encode(`retry: ${RETRY_MS}\n: connected\n\n`))
        hub.subscribe(projectId, after, listener).then((upToDate) => {
          following = upToDate
          if (!open) return following.stop()
          // Whoever is cut off before anything happens resumes from here.
          send(positionFrame(following, 'up to date'))
        }, close)
        if (signal.aborted) close()

        function send(frame: Uint8Array): boolean {
          if (open && (controller.desiredSize ?? 0) <= 0) close()
          if (open) controller.enqueue(frame)
          return open
        }
        function close() {
          if (!open) return
          free()
          controller.close()
        }
        async function beat() {
          if (Date.now() >= endsAt) close()
          if (!(await leaveUnlessAllowed())) return
          // A project in which nothing happens resumes from here, not from its last event of long ago.
          send(positionFrame(following, 'heartbeat'))
        }
        async function leaveUnlessAllowed() {
          const allowed = await stillAllowed().catch(() => false)
          if (!allowed) close()
          return allowed
        }
      },
      cancel: () => free(),
    },
    { highWaterMark: FRAMES_BUFFERED_MAX },
  )
  return new Response(stream, { headers: STREAM_HEADERS })
}

/** A comment with the id to resume from, once that is known. */
function positionFrame(following: Following | undefined, comment: string): Uint8Array {
  const id = following ? `id: ${following.position()}\n` : ''
  return encoder.encode(`${id}: ${comment}\n\n`)
}
