import type { IncomingMessage } from 'node:http'
import { pipeline, type Readable, Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip } from 'node:zlib'
import { AppError, limitExceeded } from '#src/errors.ts'
import { inFull } from '#src/sources/in-full.ts'
import type { Deadline } from './deadline.ts'
import type { Hop } from './hops.ts'
import { unreachable } from './unreachable.ts'

const decoders = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['br', createBrotliDecompress],
])

type Reading = { bytesMax: number; hop: Hop; deadline: Deadline }

/**
 * The decoded body, read as it is asked for. It is counted before and after decoding, and fails with
 * `limit_exceeded` at the first byte too many. Takes the headers that no longer hold out of `headers`.
 */
export function readBody(message: IncomingMessage, headers: Headers, reading: Reading) {
  const { hop, deadline } = reading
  const body = decode(message, headers, reading)
  const chunks = body[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await deadline.race(chunks.next())
        if (!done) return controller.enqueue(value)
        deadline.end()
        controller.close()
      } catch (error) {
        const { aborted, reason } = deadline.signal
        deadline.end()
        if (aborted) throw reason
        throw error instanceof AppError ? error : unreachable(hop.url.hostname, error)
      }
    },
    cancel: deadline.end,
  })
}

function decode(message: IncomingMessage, headers: Headers, { bytesMax, hop }: Reading): Readable {
  const host = hop.url.hostname
  const length = headers.get('content-length')
  if (Number(length) > bytesMax) throw tooLarge(host, bytesMax)
  const coding = headers.get('content-encoding')?.trim().toLowerCase() || 'identity'
  const decoder = decoders.get(coding)
  if (!decoder && coding !== 'identity')
    throw new AppError('address_unreachable', `${host} answers in a coding that Quill did not ask for.`)
  if (!decoder || length === '0') return pipeline(message, counter(host, bytesMax), ignore)
  headers.delete('content-encoding')
  headers.delete('content-length')
  return pipeline(message, counter(host, bytesMax), decoder(), counter(host, bytesMax), ignore)
}

function counter(host: string, bytesMax: number): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.byteLength
      done(bytes > bytesMax ? tooLarge(host, bytesMax) : null, chunk)
    },
  })
}

const tooLarge = (host: string, bytesMax: number) =>
  limitExceeded(`${host} sent more than ${inFull(bytesMax)} bytes; that is the limit.`)

/** Whoever reads the end of the pipeline is told. */
const ignore = () => {}
