import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { ConfigError } from '#src/env.ts'

const KEY_BYTES = 32
const ID_SUFFIX_BYTES = 4
/** Shorter than a key in base64, so that a key put in the place of its id is refused and not printed. */
const KEY_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/
const KEY_TEXT = /^[A-Za-z0-9+/_-]{43}=?$/

/** A key that encrypts secrets. It is held as a KeyObject, which prints and copies without its bytes. */
export type MasterKey = { id: string; key: KeyObject }

/** A new random key whose id begins with the day it was made. */
export function newMasterKey(): MasterKey {
  const day = new Date().toISOString().slice(0, 10)
  return {
    id: `${day}-${randomBytes(ID_SUFFIX_BYTES).toString('hex')}`,
    key: createSecretKey(randomBytes(KEY_BYTES)),
  }
}

/**
 * Reads keys of the form `<id>:<base64 of 32 bytes>`; blank entries are skipped. Throws ConfigError with a
 * line for each entry that is wrong, which says where it stands but not what it holds.
 */
export function parseMasterKeys(entries: { where: string; text: string }[]): MasterKey[] {
  const keys = new Map<string, MasterKey>()
  const problems: string[] = []
  for (const { where, text } of entries) {
    if (!text.trim()) continue
    const key = parseKey(text.trim())
    if (!key) problems.push(`${where} must be <id>:<base64 of 32 bytes>, the id up to 32 letters and digits.`)
    else if (keys.has(key.id)) problems.push(`${where} has the id "${key.id}" of a key before it.`)
    else keys.set(key.id, key)
  }
  if (problems.length) throw new ConfigError(problems)
  return [...keys.values()]
}

/** The key as `parseMasterKeys` reads it: key material, for the key file alone. */
export const masterKeyText = ({ id, key }: MasterKey) => `${id}:${key.export().toString('base64')}`

export const isKeyId = (text: string) => KEY_ID.test(text)

function parseKey(text: string): MasterKey | undefined {
  const colon = text.indexOf(':')
  const [id, bytes] = [text.slice(0, colon), text.slice(colon + 1)]
  if (colon < 0 || !isKeyId(id) || !KEY_TEXT.test(bytes)) return undefined
  return { id, key: createSecretKey(Buffer.from(bytes, 'base64')) }
}
