import { expect, test } from 'bun:test'
import type { StreamOptions } from '#src/ui/live/event-stream.ts'
import { shareStream } from '#src/ui/live/shared-stream.ts'
import { until } from '../../harness.ts'

test('a tab fetches anew where the stream begins, once, and resumes from there', () => {
  using tab = openTab('prj_begin')
  expect(tab.stream.lastId()).toBeUndefined()
  tab.stream.onState('open')
  expect(tab.beginnings()).toBe(0)
  tab.stream.onPosition(7)
  expect(tab.beginnings()).toBe(1)
  expect(tab.stream.lastId()).toBe(7)
  tab.stream.onEvent({ id: 8, type: 'x', data: '{}' })
  tab.stream.onPosition(9)
  expect({ beginnings: tab.beginnings(), heard: tab.heard }).toEqual({ beginnings: 1, heard: ['x'] })
})

test('an event that comes before the first position begins the stream as well', () => {
  using tab = openTab('prj_event')
  tab.stream.onEvent({ id: 3, type: 'x', data: '{}' })
  expect({ beginnings: tab.beginnings(), lastId: tab.stream.lastId() }).toEqual({ beginnings: 1, lastId: 3 })
})

test('a tab that is opened later learns from the first where the stream stands, and may take over there', async () => {
  using first = openTab('prj_later')
  first.stream.onState('open')
  first.stream.onPosition(7)
  using later = openTab('prj_later')
  await until('it was told', () => later.stream.lastId() === 7)
  expect(later.beginnings()).toBe(0)
})

test('a tab that was waiting when the stream began fetches anew as well', async () => {
  using first = openTab('prj_both')
  using second = openTab('prj_both')
  first.stream.onPosition(7)
  await until('it was told', () => second.stream.lastId() === 7)
  expect([first.beginnings(), second.beginnings()]).toEqual([1, 1])
})

/** A tab whose stream is the test. Nothing here lends locks, so that each tab would follow by itself. */
function openTab(projectId: string) {
  let stream: StreamOptions | undefined
  let beginnings = 0
  const heard: string[] = []
  const stop = shareStream(
    projectId,
    { onEvent: ({ type }) => heard.push(type), onBeginning: () => beginnings++ },
    async (options) => {
      stream = options
    },
  )
  if (!stream) throw new Error('The tab follows no stream.')
  return { stream, heard, beginnings: () => beginnings, [Symbol.dispose]: stop }
}
