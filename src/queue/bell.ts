import { mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Socket } from 'bun'

/** A path of a socket may be this long; with a longer one there is no bell, and the others look every now and then. */
const SOCKET_PATH_BYTES_MAX = 100

/** Tells the other processes on the same file that something was written. It may get lost: nothing relies on it. */
export type Bell = {
  /** Rings in all other processes; however often it is called in one turn of the event loop, once. */
  ring(): void
  /** Called when another process rang. Returns how to stop listening. */
  listen(listener: () => void): () => void
  close(): void
}

/**
 * A bell for the processes that have `folder` in common. Each listens on a socket of its own in it and is connected
 * to all others: whoever comes later calls those who are there. Undefined where the folder takes no sockets.
 */
export function openBell(folder: string): Bell | undefined {
  const listeners = new Set<() => void>()
  const peers = new Set<Socket>()
  const own = `${process.pid}-${crypto.randomUUID().slice(0, 8)}.sock`
  const server = answer()
  if (!server) return undefined
  callOthers()
  let due = false

  return {
    ring() {
      if (due || peers.size === 0) return
      due = true
      queueMicrotask(() => {
        due = false
        for (const peer of peers) peer.write('.')
      })
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      server.stop(true)
      for (const peer of peers) peer.end()
      leave()
    },
  }

  function answer() {
    const unix = join(folder, own)
    if (Buffer.byteLength(unix) > SOCKET_PATH_BYTES_MAX) return undefined
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const server = Bun.listen({ unix, socket: { open: welcome, data: hear, close: forget, error: forget } })
      server.unref()
      return server
    } catch {
      // A folder that takes no sockets: the others look every now and then.
      return undefined
    }
  }

  function callOthers() {
    for (const name of readdirSync(folder)) {
      if (name === own || !name.endsWith('.sock')) continue
      const unix = join(folder, name)
      Bun.connect({ unix, socket: { open: welcome, data: hear, close: forget, error: forget } }).catch(() =>
        // Nobody is there any more: its process was killed.
        rmSync(unix, { force: true }),
      )
    }
  }

  function welcome(peer: Socket) {
    peer.unref()
    peers.add(peer)
  }

  function hear() {
    for (const listener of listeners) listener()
  }

  function forget(peer: Socket) {
    peers.delete(peer)
  }

  function leave() {
    rmSync(join(folder, own), { force: true })
    try {
      rmdirSync(folder)
    } catch {
      // Others are there.
    }
  }
}
