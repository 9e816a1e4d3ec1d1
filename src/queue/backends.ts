import type { Db } from '#db/connect.ts'
import type { Log } from '#src/log.ts'
import type { QueueSettings } from '#src/queue-settings.ts'
import { cloudflareQueue } from './cloudflare.ts'
import { inlineQueue } from './inline.ts'
import type { Queue, QueueName } from './queue.ts'

type Opening = { db: Db; log: Log }
type Settings<Name extends QueueName> = Extract<QueueSettings, { backend: Name }>

/** Every backend: another one is a line here, its name in queue.ts and its settings in queue-settings.ts. */
const backends: { [Name in QueueName]: (opening: Opening, settings: Settings<Name>) => Queue } = {
  inline: ({ db }) => inlineQueue(db),
  cloudflare: ({ log }, settings) => cloudflareQueue({ ...settings, log }),
}

/** Opens the queue that the settings choose. */
export function openQueue<Name extends QueueName>(opening: Opening, settings: Settings<Name>): Queue {
  return backends[settings.backend as Name](opening, settings)
}
