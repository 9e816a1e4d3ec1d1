import type { Db } from '#db/connect.ts'
import type { Log } from '#src/log.ts'
import type { QueueSettings } from '#src/queue-settings.ts'
import type { Bell } from './bell.ts'
import { cloudflareQueue } from './cloudflare.ts'
import { examineCloudflare, type Finding } from './cloudflare-examine.ts'
import { inlineQueue } from './inline.ts'
import { throughOutbox } from './outbox.ts'
import type { Queue, QueueName } from './queue.ts'

type Opening = { db: Db; log: Log; bell?: Bell }
type Settings<Name extends QueueName> = Extract<QueueSettings, { backend: Name }>
type Backend<Name extends QueueName> = {
  open(opening: Opening, settings: Settings<Name>): Queue
  /** Asks whatever stands behind it whether it will do, and changes nothing there. */
  examine(settings: Settings<Name>): Promise<Finding[]>
}

/** Every backend: another one is an entry here, its name in queue.ts and its settings in queue-settings.ts. */
const backends: { [Name in QueueName]: Backend<Name> } = {
  inline: { open: ({ db, bell }) => inlineQueue(db, { bell }), examine: async () => [] },
  cloudflare: {
    open: ({ db, log, bell }, settings) =>
      throughOutbox({ db, log, queue: cloudflareQueue({ ...settings, log, bell }) }),
    examine: (settings) => examineCloudflare(settings),
  },
}

/** Opens the queue that the settings choose. */
export function openQueue<Name extends QueueName>(opening: Opening, settings: Settings<Name>): Queue {
  return backendOf(settings).open(opening, settings)
}

/** What is wrong with the queue that the settings choose, and what was found in order. */
export function examineQueue<Name extends QueueName>(settings: Settings<Name>): Promise<Finding[]> {
  return backendOf(settings).examine(settings)
}

function backendOf<Name extends QueueName>({ backend }: Settings<Name>): Backend<Name> {
  return backends[backend as Name]
}
