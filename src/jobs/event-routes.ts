import { Elysia, t } from 'elysia'
import type { AppDeps } from '#src/app-deps.ts'
import { documented } from '#src/documented.ts'
import { access, authenticator } from '#src/projects/access.ts'
import { EVENTS_MISSED_MAX } from './event-hub.ts'
import { eventStream, HEARTBEAT_MS, STREAM_HEADERS, STREAM_LIFETIME_MS } from './event-stream.ts'
import { eventTypes } from './events.ts'

export const eventRoutes = (deps: AppDeps) => {
  const { hub } = deps
  const authenticate = authenticator(deps)
  return new Elysia({ name: 'events', tags: ['Events'] }).use(access(deps)).get(
    '/events',
    ({ request, principal, query, headers }) => {
      // The length of a stream that never ends would be waited for.
      if (request.method === 'HEAD') return new Response(null, { headers: STREAM_HEADERS })
      let { permissions } = principal
      return eventStream({
        hub,
        signal: request.signal,
        projectId: principal.projectId,
        after: headers['last-event-id'] ?? query.after,
        stillAllowed: async () => {
          const caller = await authenticate(request)
          permissions = caller?.projects.get(principal.projectId)?.permissions ?? new Set()
          return permissions.has('events:read')
        },
        mayHear: (type) => type !== 'alarm.updated' || permissions.has('alarms:read'),
      })
    },
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
          `Types: ${eventTypes.map((type) => `\`${type}\``).join(', ')}, and \`reset\` when what came after the id is gone, or is more than ${EVENTS_MISSED_MAX} events: fetch anew.`,
          '`alarm.updated` is about the installation, for whoever may read alarms.',
          `A comment, with the id to resume from, is sent once what was missed is, and every ${HEARTBEAT_MS / 1000} s; the stream is closed after ${STREAM_LIFETIME_MS / 60_000} min.`,
        ].join(' '),
        success: { 200: t.Any({ contentMediaType: 'text/event-stream' }) },
      }),
    },
  )
}
