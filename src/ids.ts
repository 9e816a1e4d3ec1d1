import { TypeID, typeid } from 'typeid-js'

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

/** A new id that sorts by the time it was made: `doc_01h455vb4pex5vsknk084sn02q` (TypeID 0.3). */
export const newId = (prefix: IdPrefix): string => typeid(prefix).toString()

/** True for a well-formed id of this kind. */
export function isId(prefix: IdPrefix, text: string): boolean {
  try {
    return TypeID.fromString(text).getType() === prefix
  } catch {
    return false
  }
}
