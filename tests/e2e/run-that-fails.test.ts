import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { AppError } from '#src/errors.ts'
import type { JobHandler } from '#worker/jobs/handler.ts'
import { type TestApp, testApp } from '../harness.ts'
import { countingHandlers, letTimePass, performAll, startRun } from '../jobs/performing.ts'
import { checkLooks } from './check-page.ts'
import { type Desk, enterAs, hasChromium, openDesk } from './desk.ts'

const failing =
  (kind: 'unavailable' | 'limit_exceeded', message: string): JobHandler =>
  async () => {
    throw new AppError(kind, message)
  }

describe.skipIf(!hasChromium)('a run whose step fails', () => {
  let app: TestApp
  let desk: Desk
  beforeAll(async () => {
    app = await testApp()
    desk = await openDesk(app)
  })
  afterAll(async () => {
    await desk[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
  })

  test('says why and when it is tried again, and what was not begun when it is given up', async () => {
    const { handlers } = countingHandlers(['one', 'two'])
    const { documentId } = await startRun(app)
    const page = await enterAs(desk, await app.person('Ada', { role: 'writer' }), {
      path: `/documents/${documentId}`,
    })
    await performAll(app, { ...handlers, 'section.write': failing('unavailable', 'The writer is away.') })
    const step = page.getByRole('complementary', { name: 'Steps' }).getByRole('listitem')
    const writing = step.filter({ hasText: 'Write the sections' })
    await writing
      .getByText(/^What it needs could not be reached; tried again (in \d+ s|now) \(attempt 2\)$/)
      .waitFor()
    await writing.getByText('failed, is tried again').waitFor()
    expect(await writing.getAttribute('aria-current')).toBe('step')
    await page
      .getByRole('article')
      .getByText(/tried again/)
      .first()
      .waitFor()
    expect(await checkLooks(page)).toEqual([])

    await letTimePass(app)
    await performAll(app, { ...handlers, 'section.write': failing('limit_exceeded', 'It is too long.') })
    await page.getByRole('alert').getByText('It is too long.').waitFor()
    await writing.getByText('failed', { exact: false }).first().waitFor()
    expect(await step.filter({ hasText: 'not begun' }).count()).toBe(4)
    expect(await page.getByText(/waiting/i).count()).toBe(0)
    expect(await checkLooks(page)).toEqual([])
    expect(desk.complaints).toEqual([])
    await page.context().close()
  })
})
