import { expect, test } from 'bun:test'
import { followEvents } from '#src/ui/live/event-stream.ts'

test('however often the line is lost, nothing of it stays on the signal', async () => {
  const stopping = new AbortController()
  const { signal } = stopping
  let [lost, listeners] = [0, 0]
  const { addEventListener, removeEventListener } = signal
  const counted = (change: number, method: (...args: never[]) => unknown) =>
    function (this: AbortSignal, ...args: never[]) {
      listeners += change
      return method.apply(this, args)
    }
  Object.assign(signal, {
    addEventListener: counted(1, addEventListener),
    removeEventListener: counted(-1, removeEventListener),
  })
  await followEvents({
    projectId: 'prj_lost',
    // There is no server behind a page that is none.
    lastId: () => undefined,
    onEvent() {},
    onPosition() {},
    onState() {
      const next = ++lost < 5 ? () => dispatchEvent(new Event('online')) : () => stopping.abort()
      setImmediate(next)
    },
    signal,
  })
  expect({ lost, listeners }).toEqual({ lost: 5, listeners: 0 })
})
