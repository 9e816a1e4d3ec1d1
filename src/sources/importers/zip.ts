import { Inflate } from 'fflate'
import { AppError, limitExceeded } from '#src/errors.ts'
import type { Pace } from '#src/pace.ts'
import { inFull } from '#src/sources/in-full.ts'
import {
  DOCX_ENTRIES_MAX,
  DOCX_PART_BYTES_MAX,
  DOCX_RATIO_MAX,
  DOCX_TOTAL_BYTES_MAX,
} from '#src/sources/limits.ts'

/** Packed bytes handed to the inflater at once: at most about 1 MB comes out of them. */
const CHUNK_BYTES = 1_024
/** Small parts may pack better than DOCX_RATIO_MAX without harm. */
const RATIO_FREE_BYTES = 1024 * 1024
const END_BYTES = 22
const COMMENT_BYTES_MAX = 65_535
const SIGNATURES = { end: 0x06054b50, entry: 0x02014b50, local: 0x04034b50 }
const METHODS = { stored: 0, deflated: 8 }

type Entry = {
  packedBytes: number
  unpackedBytes: number
  method: number
  isEncrypted: boolean
  localAt: number
}

export type Zip = { view: DataView; bytes: Uint8Array; entries: Map<string, Entry>; unpackedBytes: number }

/**
 * Reads the directory of a ZIP archive (APPNOTE 6.3.10, without ZIP64, which no document under the upload
 * limit needs). Nothing is unpacked. Throws `unreadable_file`, and `limit_exceeded` over DOCX_ENTRIES_MAX.
 */
export function openZip(bytes: Uint8Array): Zip {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const endAt = findEnd(view)
  const count = view.getUint16(endAt + 10, true)
  if (count > DOCX_ENTRIES_MAX)
    throw limitExceeded(
      `The document has ${inFull(count)} parts; a document may have ${inFull(DOCX_ENTRIES_MAX)}.`,
    )
  const entries = new Map<string, Entry>()
  let at = view.getUint32(endAt + 16, true)
  for (let index = 0; index < count; index++) {
    if (at + 46 > endAt || view.getUint32(at, true) !== SIGNATURES.entry) throw damaged()
    const nameBytes = view.getUint16(at + 28, true)
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameBytes))
    if (entries.has(name)) throw damaged()
    entries.set(name, {
      isEncrypted: (view.getUint16(at + 8, true) & 1) === 1,
      method: view.getUint16(at + 10, true),
      packedBytes: view.getUint32(at + 20, true),
      unpackedBytes: view.getUint32(at + 24, true),
      localAt: view.getUint32(at + 42, true),
    })
    at += 46 + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return { view, bytes, entries, unpackedBytes: 0 }
}

/**
 * Unpacks one part in pieces. What the archive says of sizes is not believed: the bytes that come out are
 * counted, and the part is refused as soon as there are more than DOCX_PART_BYTES_MAX, than
 * DOCX_TOTAL_BYTES_MAX with the parts before, or than DOCX_RATIO_MAX for each packed byte.
 */
export async function unpack(
  zip: Zip,
  name: string,
  options: { onBytes(bytes: Uint8Array): void; pace: Pace },
) {
  const entry = zip.entries.get(name)
  if (!entry) throw damaged()
  const packed = packedBytes(zip, entry)
  let unpacked = 0
  const receive = (bytes: Uint8Array) => {
    unpacked += bytes.byteLength
    if (unpacked > entry.unpackedBytes) throw damaged()
    zip.unpackedBytes += bytes.byteLength
    refuseTooMuch({ packed: packed.byteLength, unpacked, total: zip.unpackedBytes })
    options.onBytes(bytes)
  }
  const inflate = entry.method === METHODS.deflated ? inflater(receive) : receive
  for (let at = 0; at < packed.byteLength; at += CHUNK_BYTES) {
    await options.pace()
    inflate(packed.subarray(at, at + CHUNK_BYTES), at + CHUNK_BYTES >= packed.byteLength)
  }
  if (unpacked !== entry.unpackedBytes) throw damaged()
}

function findEnd(view: DataView): number {
  const last = view.byteLength - END_BYTES
  for (let at = last; at >= Math.max(0, last - COMMENT_BYTES_MAX); at--)
    if (view.getUint32(at, true) === SIGNATURES.end) return at
  throw new AppError(
    'unreadable_file',
    'The file is not a Word document (.docx): save it as one and send it again.',
  )
}

function packedBytes({ view, bytes }: Zip, entry: Entry): Uint8Array {
  if (entry.isEncrypted) throw new AppError('unreadable_file', 'The document is protected by a password.')
  if (entry.method !== METHODS.stored && entry.method !== METHODS.deflated) throw damaged()
  const { localAt } = entry
  if (localAt + 30 > bytes.byteLength || view.getUint32(localAt, true) !== SIGNATURES.local) throw damaged()
  refuseTooMuch({ packed: entry.packedBytes, unpacked: entry.unpackedBytes, total: 0 })
  const start = localAt + 30 + view.getUint16(localAt + 26, true) + view.getUint16(localAt + 28, true)
  if (start + entry.packedBytes > bytes.byteLength) throw damaged()
  return bytes.subarray(start, start + entry.packedBytes)
}

function refuseTooMuch({ packed, unpacked, total }: { packed: number; unpacked: number; total: number }) {
  if (unpacked > DOCX_PART_BYTES_MAX)
    throw limitExceeded(
      `A part of the document unpacks to more than ${inFull(DOCX_PART_BYTES_MAX)} bytes; that is the limit.`,
    )
  if (total > DOCX_TOTAL_BYTES_MAX)
    throw limitExceeded(
      `The document unpacks to more than ${inFull(DOCX_TOTAL_BYTES_MAX)} bytes; that is the limit.`,
    )
  if (unpacked > RATIO_FREE_BYTES && unpacked > packed * DOCX_RATIO_MAX)
    throw limitExceeded(
      `A part of the document unpacks to more than ${DOCX_RATIO_MAX} times its size; that is the limit.`,
    )
}

/** The inflater throws on damaged data; what `receive` throws passes through. */
function inflater(receive: (bytes: Uint8Array) => void) {
  const inflate = new Inflate((bytes) => receive(bytes))
  return (bytes: Uint8Array, isLast: boolean) => {
    try {
      inflate.push(bytes, isLast)
    } catch (error) {
      throw error instanceof AppError ? error : damaged()
    }
  }
}

export function damaged() {
  return new AppError(
    'unreadable_file',
    'The document is damaged: open it in Word, save it and send it again.',
  )
}
