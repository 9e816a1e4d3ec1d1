import { Database } from 'bun:sqlite'
import { randomUUID } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { ConfigError } from '#src/env.ts'
import { AppError } from '#src/errors.ts'
import { type MasterKey, masterKeyText, parseMasterKeys } from './master-keys.ts'

const FILE_MODE = 0o600
const EVERYBODY = 0o007
const HEADING =
  '# Master keys of this installation. Whoever has them can read its secrets, and without them nobody can.\n' +
  '# The first one encrypts, all decrypt. Keep a copy, apart from the copies of the database.\n'

/** The keys of a file, and a mark that is another one when the file was replaced or edited. */
export type KeyFile = { keys: MasterKey[]; stamp: string }

/** The mark of the file as it is now; undefined when there is no file. */
export function keyFileStamp(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true })
  return stat && `${stat.ino} ${stat.size} ${stat.mtimeNs}`
}

/**
 * Reads the file; undefined when there is none. Throws ConfigError when it cannot be read, holds no keys,
 * or may be read by everybody.
 */
export function readKeyFile(path: string): KeyFile | undefined {
  // Taken before reading: a file that is replaced in between is read once more, not missed.
  const stamp = keyFileStamp(path)
  if (!stamp) return undefined
  const lines = atEdge(path, 'read', () => {
    if (process.platform !== 'win32' && statSync(path).mode & EVERYBODY)
      throw new ConfigError([
        `${path} may be read by everybody: run \`chmod 600\` on it, or set MASTER_KEYS.`,
      ])
    return readFileSync(path, 'utf8').split('\n')
  })
  const keys = parseMasterKeys(
    lines.map((text, index) => ({
      where: `${path}, line ${index + 1},`,
      text: text.startsWith('#') ? '' : text,
    })),
  )
  if (!keys.length) throw new ConfigError([`${path} holds no key: put back its copy.`])
  return { keys, stamp }
}

/** Makes the file with one key. Of several processes that do so at once one wins; its file stays whole. */
export function createKeyFile(path: string, key: MasterKey) {
  atEdge(path, 'made', () => {
    const draft = writeDraft(path, [key])
    try {
      linkSync(draft, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      rmSync(draft)
    }
    syncFolder(path)
  })
}

/** Puts these keys in the place of those of the file, in one step and on the disk before it returns. */
export function replaceKeyFile(path: string, keys: MasterKey[]) {
  atEdge(path, 'written', () => {
    renameSync(writeDraft(path, keys), path)
    syncFolder(path)
  })
}

/**
 * Lets nobody else rotate the keys of this file until it is disposed of. The lock is one of SQLite's, on an
 * empty file beside it: the system releases it with the process, however that ends. Throws AppError when
 * another process holds it.
 */
export function lockKeyFile(path: string): Disposable {
  const database = new Database(`${path}.lock`, { create: true })
  try {
    database.run('PRAGMA busy_timeout = 0')
    database.run('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error
    throw new AppError('conflict', `The keys of ${path} are being rotated already.`)
  }
  return { [Symbol.dispose]: () => database.close() }
}

function writeDraft(path: string, keys: MasterKey[]): string {
  const draft = `${path}.${randomUUID()}`
  const file = openSync(draft, 'wx', FILE_MODE)
  try {
    writeFileSync(file, `${HEADING}${keys.map(masterKeyText).join('\n')}\n`)
    fsyncSync(file)
  } catch (error) {
    rmSync(draft)
    throw error
  } finally {
    closeSync(file)
  }
  return draft
}

/** A new name is on the disk only when its folder is. */
function syncFolder(path: string) {
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

/** What the file system refuses is for whoever runs Quill to mend. */
function atEdge<T>(path: string, done: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw new ConfigError([`${path} cannot be ${done} (${(error as NodeJS.ErrnoException).code}).`])
  }
}
