import type { Db } from '#db/connect.ts'
import { checkDotEnv, readEnv } from '#src/env.ts'
import { type KeyRing, openKeyRing } from '#src/secrets/key-ring.ts'
import { type Progress, type Rotation, rotateKeys } from '#src/secrets/rotate-keys.ts'
import { sealedColumns } from '#src/secrets/sealed-columns.ts'
import { countByKey } from '#src/secrets/sealed-rows.ts'
import { withDatabase } from '#src/services.ts'
import { readArgs, UsageError } from './command.ts'

const REASONS_SHOWN_MAX = 10
const CLEAR_LINE = '\r\x1b[2K'

export const usage = `Usage: quill keys status | rotate

The master keys, which encrypt the secrets that Quill stores.

  status  the keys, by their ids, and how many secrets each has encrypted
  rotate  encrypt every secret again with the first key, while Quill runs; can be interrupted and repeated

Without MASTER_KEYS the keys are in the file master.keys of DATA_DIR: \`rotate\` puts a new key first there,
and takes out the keys that nothing names any more, but for the one that was first until now.

With MASTER_KEYS the keys are yours to change, with a restart of every process after each step:
put the new key last, put it first, run \`rotate\`, and take out the keys it names.`

export async function run(args: string[]): Promise<number> {
  const { positionals } = readArgs({ args, options: {}, allowPositionals: true }, usage)
  const [verb, ...more] = positionals
  if ((verb !== 'status' && verb !== 'rotate') || more.length) throw new UsageError(usage)
  checkDotEnv(process.cwd())
  const env = readEnv(process.env, { needsQueue: false })
  const ring = openKeyRing(env)
  return withDatabase(env, ({ db }) => (verb === 'status' ? status(db, ring) : rotate(db, ring)))
}

async function status(db: Db, ring: KeyRing): Promise<number> {
  const counts = await countByKey(db, Object.values(sealedColumns))
  const keys = ring.all().map(({ id }) => id)
  const lost = [...counts.keys()].filter((id) => !keys.includes(id))
  const lines = [
    keys.length ? `Master keys in ${ring.source}:` : `No key yet: the first secret makes ${ring.source}.`,
    ...keys.map((id, index) => `  ${id}  ${index ? 'decrypts' : 'encrypts'}, ${secrets(counts.get(id))}`),
    ...lost.map((id) => `  ${problemOf(id)}, ${secrets(counts.get(id))}`),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  return lost.length ? 1 : 0
}

async function rotate(db: Db, ring: KeyRing): Promise<number> {
  const rotation = await rotateKeys(db, ring, {
    columns: Object.values(sealedColumns),
    tell: tellOf(process.stderr),
  })
  process.stdout.write(`${report(ring, rotation).join('\n')}\n`)
  return rotation.left.size ? 1 : 0
}

function report(ring: KeyRing, { keyId, resealed, unreadable, left, unused }: Rotation): string[] {
  const removed = ring.file ? 'Removed' : `Take out of ${ring.source}`
  return [
    `Encrypted ${secrets(resealed)} again. The first key is ${keyId}.`,
    ...(unused.length ? [`${removed}, since nothing names them: ${unused.join(', ')}.`] : []),
    ...unreadable.slice(0, REASONS_SHOWN_MAX),
    ...(unreadable.length > REASONS_SHOWN_MAX
      ? [`… and ${unreadable.length - REASONS_SHOWN_MAX} more like these.`]
      : []),
    ...[...left].map(([id, count]) =>
      ring.find(id)
        ? `${id} has still ${secrets(count)}: end what encrypts with it, and run this again.`
        : `${problemOf(id)}, ${secrets(count)}`,
    ),
  ]
}

const problemOf = (keyId: string) => (keyId ? `${keyId}  is missing: put it back` : 'with no key')

const secrets = (count = 0) => (count === 1 ? '1 secret' : `${count} secrets`)

/** A line that is written over on a terminal, else a line for each column that had something to do. */
function tellOf(terminal: NodeJS.WriteStream) {
  return ({ table, column, resealed, ended }: Progress) => {
    if (!resealed || !(ended || terminal.isTTY)) return
    const line = `${table}.${column}: ${secrets(resealed)}`
    terminal.write(terminal.isTTY ? `${CLEAR_LINE}${line}${ended ? '\n' : ''}` : `${line}\n`)
  }
}
