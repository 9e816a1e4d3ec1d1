import ground from './migrations/0001-ground.sql' with { type: 'text' }
import access from './migrations/0002-access.sql' with { type: 'text' }
import limits from './migrations/0003-limits.sql' with { type: 'text' }
import queue from './migrations/0004-queue.sql' with { type: 'text' }
import auditLog from './migrations/0005-audit-log.sql' with { type: 'text' }
import dispatched from './migrations/0006-dispatched.sql' with { type: 'text' }
import deadLetters from './migrations/0007-dead-letters.sql' with { type: 'text' }
import proofs from './migrations/0008-proofs.sql' with { type: 'text' }
import accessIndexes from './migrations/0009-access-indexes.sql' with { type: 'text' }
import ops from './migrations/0010-ops.sql' with { type: 'text' }
import sweep from './migrations/0011-sweep.sql' with { type: 'text' }
import alarms from './migrations/0012-alarms.sql' with { type: 'text' }
import leanQueue from './migrations/0013-lean-queue.sql' with { type: 'text' }
import incidents from './migrations/0014-incidents.sql' with { type: 'text' }

export type Migration = { tag: string; sql: string }

/** In the order they apply. A migration that has shipped is never edited: the runner refuses it. */
export const migrations: readonly Migration[] = [
  { tag: '0001-ground', sql: ground },
  { tag: '0002-access', sql: access },
  { tag: '0003-limits', sql: limits },
  { tag: '0004-queue', sql: queue },
  { tag: '0005-audit-log', sql: auditLog },
  { tag: '0006-dispatched', sql: dispatched },
  { tag: '0007-dead-letters', sql: deadLetters },
  { tag: '0008-proofs', sql: proofs },
  { tag: '0009-access-indexes', sql: accessIndexes },
  { tag: '0010-ops', sql: ops },
  { tag: '0011-sweep', sql: sweep },
  { tag: '0012-alarms', sql: alarms },
  { tag: '0013-lean-queue', sql: leanQueue },
  { tag: '0014-incidents', sql: incidents },
]
