import { join } from 'node:path'
import { ConfigError, type Env } from '#src/env.ts'
import type { Secret } from '#src/secret.ts'
import { createKeyFile, type KeyFile, keyFileStamp, readKeyFile } from './key-file.ts'
import { type MasterKey, newMasterKey, parseMasterKeys } from './master-keys.ts'

const SETTING = 'MASTER_KEYS'
const FILE_NAME = 'master.keys'

/** The master keys of an installation: the first one seals, all open. */
export type KeyRing = {
  /** Where the keys are kept, for messages: the setting's name or the file's path. */
  source: string
  /** The file they are kept in, when that is where. */
  file?: string
  /** The key that seals now. Throws ConfigError when there is none to be had. */
  first(): MasterKey
  /** The key of this id, also one that was put into the file a moment ago. */
  find(id: string): MasterKey | undefined
  /** Every key there is now, the first one first; none when the file was not needed yet. */
  all(): MasterKey[]
}

/**
 * The keys of MASTER_KEYS or, when it is not set, of `master.keys` in DATA_DIR, a file that is made when the
 * first secret is sealed. Throws ConfigError, with a line for each problem, when they cannot be used.
 */
export const openKeyRing = ({ masterKeys, dataDir }: Pick<Env, 'masterKeys' | 'dataDir'>): KeyRing =>
  masterKeys ? keyRingOf(masterKeys) : keyRingIn(dataDir)

function keyRingOf(setting: Secret): KeyRing {
  const entries = setting.reveal().split(',')
  const keys = parseMasterKeys(
    entries.map((text, index) => ({ where: `${SETTING}, key ${index + 1},`, text })),
  )
  const first = keys[0]
  if (!first) throw new ConfigError([`${SETTING} holds no key; without the setting Quill keeps its own.`])
  return {
    source: SETTING,
    first: () => first,
    find: (id) => keys.find((key) => key.id === id),
    all: () => keys,
  }
}

/**
 * Looks at the file before each sealing, so that every process seals with a new key from the moment it is
 * there, and before it says that it does not know a key.
 */
function keyRingIn(dataDir: string): KeyRing {
  const file = join(dataDir, FILE_NAME)
  let known: KeyFile | undefined = readKeyFile(file)
  const current = () => {
    if (!known || keyFileStamp(file) !== known.stamp) known = readKeyFile(file) ?? missing(file, known)
    return known
  }
  const find = (id: string, keys: MasterKey[] = []) => keys.find((key) => key.id === id)
  return {
    source: file,
    file,
    first() {
      if (!current()) createKeyFile(file, newMasterKey())
      return current()!.keys[0]!
    },
    find: (id) => find(id, known?.keys) ?? find(id, current()?.keys),
    all: () => current()?.keys ?? [],
  }
}

/** A file that was never there can be made; one that has gone held the only keys to what is sealed. */
function missing(file: string, known: KeyFile | undefined): undefined {
  if (known) throw new ConfigError([`${file} has gone: put it back before anything else is encrypted.`])
}
