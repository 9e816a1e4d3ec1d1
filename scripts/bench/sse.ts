// The event stream under many clients: every event to every client in order, how late, and what a client weighs.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '#db/connect.ts'
import { tell } from '#src/jobs/events.ts'
import { createApiKey } from '#src/projects/api-keys.ts'
import { ensureProject } from '#src/projects/projects.ts'
import { figure, percentile, printFigures } from './figures.ts'
import { startServer } from './server-process.ts'

const CLIENTS = 1_000
const EVENTS = 20
const EVERY_MS = 1_000
const CONNECTING_AT_ONCE = 50

const folder = mkdtempSync(join(tmpdir(), 'quill-bench-'))
const { db, close } = connect(`file:${join(folder, 'quill.db')}`)
const projectId = await ensureProject(db, 'bench')
const key = await createApiKey(db, { projectId, name: 'bench', scopes: ['events:read'] })
const server = await startServer(['src/main.ts', 'api'], { DATA_DIR: folder })

const lateMs: number[] = []
const received = new Map<number, number[]>()
// What the first client makes the process load is not the weight of a client.
await listen(CLIENTS)
const restingKb = residentKb(server.pid)
for (let first = 0; first < CLIENTS; first += CONNECTING_AT_ONCE)
  await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, (_, index) => listen(first + index)))

for (let sent = 0; sent < EVENTS; sent++) {
  await db.batch([tell(db, projectId, 'job.updated', { sentAt: Date.now() })])
  await Bun.sleep(EVERY_MS)
}
const loadedKb = residentKb(server.pid)
await server.stop()
close()
rmSync(folder, { recursive: true })

const gaps = [...received.values()].filter(
  (ids) => ids.length !== EVENTS || ids.some((id, index) => id !== ids[0]! + index),
)
printFigures([
  figure(
    `clients of ${CLIENTS} that missed one of ${EVENTS} events`,
    CLIENTS + 1 - received.size + gaps.length,
    'clients',
  ),
  figure('from write in another process to client, p50', percentile(lateMs, 0.5), 'ms'),
  figure('from write in another process to client, p99', percentile(lateMs, 0.99), 'ms'),
  figure('resident memory of a client', (loadedKb - restingKb) / CLIENTS, 'KB'),
])
process.exit(gaps.length || received.size !== CLIENTS + 1 ? 1 : 0)

/** Opens a stream over a plain socket and reads it for as long as the server lives; resolves when it is connected. */
async function listen(client: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let buffer = ''
  await Bun.connect({
    hostname: '127.0.0.1',
    port: server.port,
    socket: {
      open: (socket) =>
        void socket.write(
          `GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${key}\r\n\r\n`,
        ),
      data(_socket, bytes) {
        buffer += bytes.toString()
        if (buffer.includes(': connected')) resolve()
        const frames = buffer.split('\n\n')
        buffer = frames.pop()!
        for (const frame of frames) read(client, frame)
      },
      error: (_socket, error) => reject(error),
    },
  })
  return promise
}

function read(client: number, frame: string) {
  const id = Number(/^id: (\d+)$/m.exec(frame)?.[1])
  if (!id) return
  received.set(client, [...(received.get(client) ?? []), id])
  lateMs.push(Date.now() - Number(/"sentAt":(\d+)/.exec(frame)?.[1]))
}

function residentKb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
