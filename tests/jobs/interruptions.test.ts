import { expect, test } from 'bun:test'
import { Writable } from 'node:stream'
import pino from 'pino'
import { kindDefaults } from '#src/jobs/kinds.ts'
import { createLog, type Log } from '#src/log.ts'
import { startConsumer } from '#worker/consume.ts'
import type { JobHandler } from '#worker/jobs/handler.ts'
import { perform } from '#worker/perform.ts'
import { testApp, until } from '../harness.ts'
import { heldHandler, jobRow, startJob, untilState, workingAs } from './performing.ts'

/** A log whose lines can be read. */
function readableLog(): { log: Log; lines: { msg: string; kind?: string }[] } {
  const lines: { msg: string; kind?: string }[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  return { log: pino({ level: 'info' }, sink), lines }
}

test('an attempt that takes too long is stopped, and counts as a failure that says what the limit is', async () => {
  await using app = await testApp()
  const id = await startJob(app)
  const held = heldHandler('too late')
  const kinds = { 'seo.generate': { ...kindDefaults, timeoutMs: 1 } }
  const work = perform(id, { ...workingAs(app, { 'seo.generate': held.handler }), leaseMs: 15, kinds })
  const signal = await held.begun
  await work
  expect(signal.aborted).toBe(true)
  const row = await jobRow(app, id)
  expect(row).toMatchObject({ state: 'queued', failures: 1, ready: 0, error: { code: 'timeout' } })
  expect(row.error!.message).toContain('0.001 s')
  held.release()
})

test('a cancellation reaches a handler in another process, whose lease has long to go', async () => {
  await using app = await testApp()
  const id = await startJob(app)
  const held = heldHandler()
  const consumer = startConsumer({
    db: app.db,
    queue: app.queue,
    log: createLog('silent'),
    concurrency: 1,
    leaseMs: 600_000,
    graceMs: 0,
    handlers: { 'seo.generate': held.handler },
  })
  const signal = await held.begun
  await app.call('POST', `/api/v1/jobs/${id}/cancel`)
  await untilState(app, id, 'cancelled')
  expect(signal.aborted).toBe(true)
  held.release()
  await consumer.stop()
})

test('a handler that ignores its signal is reported, and does not keep its worker', async () => {
  await using app = await testApp()
  const { log, lines } = readableLog()
  const id = await startJob(app)
  const deaf = heldHandler()
  const work = perform(id, {
    ...workingAs(app, { 'seo.generate': deaf.handler }),
    log,
    leaseMs: 15,
    deafMs: 1,
  })
  await deaf.begun
  await app.call('POST', `/api/v1/jobs/${id}/cancel`)
  await work
  await until('it is reported', () => lines.some(({ msg }) => /ignores its signal/.test(msg)))
  expect(lines.find(({ msg }) => /ignores/.test(msg))!.kind).toBe('seo.generate')
  deaf.release()
})

test('a handler that holds up the event loop is reported with its kind', async () => {
  await using app = await testApp()
  const { log, lines } = readableLog()
  const id = await startJob(app)
  const blocking: JobHandler = async () => {
    const until = performance.now() + 60
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 20))
    return { output: {} }
  }
  await perform(id, { ...workingAs(app, { 'seo.generate': blocking }), log, leaseMs: 15, blockedMs: 20 })
  expect(lines.find(({ msg }) => /held up/.test(msg))?.msg).toBeDefined()
})

test('quick jobs that were claimed ahead are handed back when slow ones keep all hands', async () => {
  await using app = await testApp()
  const held = heldHandler()
  let quick = 0
  const handler: JobHandler = async (...args) => {
    if (++quick <= 30) return { output: {} }
    return held.handler(...args)
  }
  const ids = await Promise.all(Array.from({ length: 60 }, () => startJob(app)))
  const consumer = startConsumer({
    db: app.db,
    queue: app.queue,
    log: createLog('silent'),
    concurrency: 1,
    leaseMs: 600_000,
    graceMs: 0,
    handlers: { 'seo.generate': handler },
  })
  await held.begun
  await until('the others are free', async () => {
    const [[running]] = (await app.db.rows(`SELECT count(*) FROM jobs WHERE state = 'running'`, [])) as [
      [number],
    ]
    return running === 1
  })
  const [[untouched]] = (await app.db.rows(
    `SELECT count(*) FROM jobs WHERE state = 'queued' AND attempts = 0`,
    [],
  )) as [[number]]
  expect(untouched).toBe(ids.length - 31)
  await consumer.stop()
  held.release()
})
