import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { ConfigError } from '#src/env.ts'
import { AppError } from '#src/errors.ts'
import { Secret } from '#src/secret.ts'
import type { KeyRing } from './key-ring.ts'
import { isKeyId, type MasterKey } from './master-keys.ts'
import type { SealedColumn } from './sealed-columns.ts'

const VERSION = 'v1'
const CIPHER = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

/** The place of one secret: a column of `sealedColumns`, and the row. */
export type Cell = SealedColumn & { id: string }

/** A sealed text cannot be opened. The message names the place, never what is in it. */
export class SealError extends ConfigError {
  override name = 'SealError'
}

/**
 * Encrypts a secret for one place: `v1.<key id>.<iv>.<ciphertext and tag>`, in base64url. AES-256-GCM (NIST
 * SP 800-38D) with a random iv, and with the place as additional data: the text opens nowhere else. A key is
 * good for 2^32 secrets. Throws AppError when the text holds half a character, which UTF-8 cannot carry.
 */
export function seal(ring: KeyRing, cell: Cell, secret: Secret): string {
  const text = secret.reveal()
  if (!text.isWellFormed()) throw new AppError('invalid_request', 'The secret holds half a character.')
  const { id, key } = ring.first()
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(identityOf(cell))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `${sealedWith(id)}${iv.toString('base64url')}.${sealed.toString('base64url')}`
}

/**
 * Opens what `seal` made for this place. Throws SealError when its key is not in the ring, and when the text
 * was changed, moved here from another place, or sealed with another key of the same id.
 */
export function unseal(ring: KeyRing, cell: Cell, text: string): Secret {
  const place = `${cell.table}.${cell.column} of "${cell.id}"`
  const parts = parse(text)
  if (!parts) throw new SealError([`${place} is not an encrypted text.`])
  const key = ring.find(parts.keyId)
  if (!key)
    throw new SealError([
      `${place} is encrypted with the key "${parts.keyId}", which is not in ${ring.source}: put it back there.`,
    ])
  const opened = decrypt(key, cell, parts)
  if (opened === undefined)
    throw new SealError([
      `${place} does not open with the key "${key.id}": it was changed, moved, or encrypted with another key.`,
    ])
  return new Secret(opened)
}

/** What every text sealed with this key begins with. */
export const sealedWith = (keyId: string) => `${VERSION}.${keyId}.`

type Parts = { keyId: string; iv: Buffer; sealed: Buffer }

function parse(text: string): Parts | undefined {
  const [version, keyId = '', ivText = '', sealedText = '', ...more] = text.split('.')
  const [iv, sealed] = [decode(ivText), decode(sealedText)]
  if (version !== VERSION || more.length || !isKeyId(keyId)) return undefined
  if (iv?.length !== IV_BYTES || !sealed || sealed.length < TAG_BYTES) return undefined
  return { keyId, iv, sealed }
}

/** The decoder passes over what it does not know; of the texts that decode to the same bytes one is right. */
function decode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}

function decrypt({ key }: MasterKey, cell: Cell, { iv, sealed }: Parts): string | undefined {
  const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES })
  decipher.setAAD(identityOf(cell)).setAuthTag(sealed.subarray(-TAG_BYTES))
  const opened = decipher.update(sealed.subarray(0, -TAG_BYTES))
  try {
    return Buffer.concat([opened, decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

/** Tables and columns have no slash in their names, so that no two places have the same identity. */
const identityOf = ({ table, id, column }: Cell) => Buffer.from(`${table}/${id}/${column}`)
