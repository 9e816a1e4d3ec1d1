import { TypeID, typeid } from 'typeid-js'

/** Of the 48 bits that an id has for its time (RFC 9562, version 7). */
const ID_TIME_MAX = 2 ** 48 - 1

export type IdPrefix =
  | 'usr'
  | 'idn'
  | 'vrf'
  | 'tfa'
  | 'inv'
  | 'aud'
  | 'prj'
  | 'key'
  | 'ses'
  | 'src'
  | 'psg'
  | 'doc'
  | 'ver'
  | 'sec'
  | 'run'
  | 'job'
  | 'alm'

/** A new id that sorts by the time it was made: `doc_01h455vb4pex5vsknk084sn02q` (TypeID 0.3). */
export const newId = (prefix: IdPrefix): string => typeid(prefix).toString()

/** The lowest id that could be made at a time, in milliseconds since 1970: a bound for what was made since. */
export function firstIdAt(prefix: IdPrefix, ms: number): string {
  const hex = Math.min(Math.max(ms, 0), ID_TIME_MAX).toString(16).padStart(12, '0')
  return TypeID.fromUUID(prefix, `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`).toString()
}

/** True for a well-formed id of this kind. */
export function isId(prefix: IdPrefix, text: string): boolean {
  try {
    return TypeID.fromString(text).getType() === prefix
  } catch {
    return false
  }
}
