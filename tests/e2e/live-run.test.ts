import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { createLog } from '#src/log.ts'
import { type TestApp, until } from '#tests/harness.ts'
import type { JobHandler } from '#worker/jobs/handler.ts'
import { handlers } from '#worker/jobs/registry.ts'
import { perform } from '#worker/perform.ts'
import { callAs, type Desk, enterDemo, hasChromium, openDemoDesk } from './desk.ts'

describe.skipIf(!hasChromium)('a run is followed while it goes', () => {
  let app: TestApp
  let desk: Desk
  let close = async () => {}
  beforeAll(async () => {
    const opened = await openDemoDesk({ worker: false })
    app = opened.app
    desk = opened.desk
    close = opened.close
  })
  afterAll(() => close())

  test('text appears as it is written, leaving stops nothing, cancelling stops and resuming goes on', async () => {
    const page = await enterDemo(desk)
    await page.getByRole('button', { name: 'Write a post from the sample talk' }).click()
    await page.getByRole('status').getByText('Waiting for a worker').waitFor()

    await using worker = slowWorker(app)
    const writing = page.locator('.live-section[data-state=writing]')
    await writing.first().waitFor()
    await page.locator('[data-state=active]', { hasText: 'Write the sections' }).waitFor()
    expect(await page.title()).toContain('Write the sections')
    const before = (await writing.first().textContent())!.length
    worker.writeOn()
    await page.waitForFunction(
      (length) => document.querySelector('.live-section')!.textContent!.length > length,
      before,
    )

    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('The run was cancelled.').waitFor()
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByRole('button', { name: 'Cancel' }).waitFor()
    await page.getByRole('link', { name: 'Documents' }).first().click()
    await page.getByText('Writing').first().waitFor()
    await page.locator('.row-title').first().click()
    worker.finish()
    await page.locator('.prose h2').first().waitFor()
    expect(desk.complaints).toEqual([])
    await page.context().close()
  })

  test('two tabs share one stream, and the second goes on when the first is closed', async () => {
    const first = await enterDemo(desk)
    const second = await first.context().newPage()
    await second.goto(desk.url)
    await second.getByRole('heading', { name: 'Documents', level: 1 }).waitFor()
    const streams: string[] = []
    second.on('request', (request) => request.url().endsWith('/events') && streams.push(request.url()))
    await addDocument(first, 'Heard through the first tab')
    await second.getByText('Heard through the first tab').waitFor()
    expect(streams).toEqual([])
    await first.close()
    await until('the second tab follows', () => streams.length > 0)
    await addDocument(second, 'Heard by itself')
    await second.getByText('Heard by itself').waitFor()
    expect(streams.length).toBe(1)
    await second.context().close()
  })
})

const addDocument = (page: Page, title: string) =>
  callAs(page, 'POST', '/documents', { title, sourceIds: [] })

/** A worker whose sections stop after their first sentence until they are told to write on, or to finish. */
function slowWorker({ db, queue, hub }: TestApp) {
  const stopping = new AbortController()
  const running = new Set<Promise<unknown>>()
  let next = Promise.withResolvers<void>()
  let finishing = false
  const write = handlers['section.write']
  const slowly: JobHandler = (job, input, context) =>
    write(job, input, {
      ...context,
      async onText(delta) {
        await context.onText(delta)
        if (!finishing) await next.promise
      },
    })
  const options = {
    db,
    log: createLog('silent'),
    handlers: { ...handlers, 'section.write': slowly },
    worker: 'slow',
    leaseMs: 600,
    shutdown: stopping.signal,
    committed: hub.wake,
  }
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      for (const { jobId } of await queue.pull({ max: 8, waitMs: 1_000, signal: stopping.signal })) {
        const work = perform(jobId, options).finally(() => running.delete(work))
        running.add(work)
      }
      // Claims are written together a moment later; until then their jobs could be pulled again.
      await new Promise((resolve) => setImmediate(resolve))
    }
  })()
  return {
    writeOn() {
      next.resolve()
      next = Promise.withResolvers()
    },
    finish() {
      finishing = true
      next.resolve()
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      next.resolve()
      await loop
      await Promise.allSettled(running)
    },
  }
}
