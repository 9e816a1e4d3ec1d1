import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Locator, Page } from 'playwright-core'
import { AppError } from '#src/errors.ts'
import { jobKinds } from '#src/jobs/kinds.ts'
import { createLog } from '#src/log.ts'
import { checkAlarms } from '#src/ops/alarms.ts'
import type { JobHandler } from '#worker/jobs/handler.ts'
import { perform } from '#worker/perform.ts'
import { type TestApp, testApp } from '../harness.ts'
import { countingHandlers, getRun, performAll, startJob, startRun, workingAs } from '../jobs/performing.ts'
import { checkLooks, checkPage } from './check-page.ts'
import { type Desk, enterAs, hasChromium, openDesk } from './desk.ts'

const refusing =
  (message: string): JobHandler =>
  async () => {
    throw new AppError('source_too_short', message)
  }

const PHONE = { width: 390, height: 844 }
const THUMB_PX = 44
const APART_PX = 12

/** What has the focus, by its name. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement
    return element?.ariaLabel ?? element?.textContent?.trim() ?? ''
  })

/** Whether it is inside the window's width, and large enough for a thumb. */
async function isReachable(act: Locator): Promise<boolean> {
  const { x, width, height } = (await act.boundingBox())!
  return x >= 0 && x + width <= PHONE.width && height >= THUMB_PX
}

describe.skipIf(!hasChromium)('the way to the dead letters and back', () => {
  let app: TestApp
  let desk: Desk
  let page: Page
  beforeAll(async () => {
    app = await testApp()
    desk = await openDesk(app)
    page = await enterAs(desk, await app.person('Ada', { role: 'editor' }), { path: '/jobs' })
  })
  afterAll(async () => {
    await desk[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
  })
  const die = async (message: string) => {
    const id = await startJob(app)
    await perform(id, workingAs(app, { 'seo.generate': refusing(message) }))
    return id
  }
  const cause = (message: RegExp) => page.getByRole('listitem').filter({ hasText: message })

  test('poisoned jobs show by their cause as they die, and go back to work by keys', async () => {
    for (const words of [3, 4]) await die(`There are ${words} words; it takes 60.`)
    await die('The site refused.')
    await page.getByRole('link', { name: 'Dead letters 3' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('l')
    await cause(/words.*2 jobs/).waitFor()
    await cause(/The site refused.*1 job/).waitFor()
    await cause(/words/).getByRole('button', { expanded: false }).press('Enter')
    const letters = page.getByRole('region', { name: /Describe it for search/ })
    await letters.getByText('There are 4 words').waitFor()
    expect(await checkLooks(page)).toEqual([])

    await letters
      .getByRole('button', { name: /Look at/ })
      .first()
      .press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Describe it for search' })
    await dialog.getByText('What it was to work on').press('Enter')
    await dialog.getByText('"title": "A title"').waitFor()
    expect(await checkPage(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Retry' }).press('Enter')
    await page.getByText('1 job is queued again.').waitFor()
    await dialog.waitFor({ state: 'detached' })
    expect(await focused(page)).toStartWith('Look at job_')
    await cause(/words.*1 job/)
      .getByRole('button', { name: /^Retry:/ })
      .press('Enter')
    await cause(/words/).waitFor({ state: 'detached' })
    expect(await focused(page)).toBe('Describe it for search')
    await performAll(app, { 'seo.generate': async () => ({ output: {} }) })
    const { items } = (await app.call('GET', '/api/v1/jobs?state=succeeded')).body
    expect(items).toHaveLength(2)
    await page.getByRole('link', { name: 'Dead letters 1' }).waitFor()
  })

  test('a letter of a run leads to its document, and its retry makes the whole run go on', async () => {
    const { handlers } = countingHandlers(['one', 'two'])
    const { runId, documentId } = await startRun(app)
    await performAll(app, { ...handlers, 'section.write': refusing('No words for it.') })
    await page.reload()
    await cause(/No words/)
      .getByRole('button', { expanded: false })
      .click()
    await page
      .getByRole('button', { name: /Look at/ })
      .first()
      .click()
    const dialog = page.getByRole('dialog', { name: 'Write the sections' })
    const link = await dialog.locator(`a[href="/documents/${documentId}"]`).textContent()
    expect(link).not.toBe('')
    await dialog.getByRole('button', { name: 'Resume run' }).click()
    await cause(/No words/).waitFor({ state: 'detached' })
    await performAll(app, handlers)
    expect((await getRun(app, runId)).state).toBe('succeeded')
  })

  test('a writer resumes what is part of a run, and reads who retries the rest', async () => {
    const { handlers } = countingHandlers(['one', 'two'])
    const { runId, documentId } = await startRun(app)
    await performAll(app, { ...handlers, 'section.write': refusing('No words for it.') })
    const writer = await enterAs(desk, await app.person('Will', { role: 'writer' }), {
      path: '/jobs/dead-letters',
      viewport: PHONE,
    })
    const groups = writer.getByRole('list', { name: 'Dead letters by cause' }).getByRole('listitem')
    const ofRun = groups.filter({ hasText: 'No words' })
    const alone = groups.filter({ hasText: 'The site refused' })
    await alone.getByText('An editor can retry it.').waitFor()
    expect(await alone.getByRole('button').count()).toBe(1)
    await ofRun.locator(`a[href="/documents/${documentId}"]`).waitFor()
    await ofRun.getByRole('button', { expanded: false }).click()
    await writer.getByRole('button', { name: 'Look at one' }).waitFor()
    expect(await checkLooks(writer)).toEqual([])
    await ofRun.getByRole('button', { name: 'Resume run: Write the sections' }).press('Enter')
    await ofRun.waitFor({ state: 'detached' })
    await performAll(app, handlers)
    expect((await getRun(app, runId)).state).toBe('succeeded')
    await writer.context().close()
  })

  test('on a phone every act upon a job is in sight, and large enough for a thumb', async () => {
    const phone = await enterAs(desk, await app.person('Finn', { role: 'editor' }), {
      path: '/jobs',
      viewport: PHONE,
    })
    const act = phone.getByRole('button', { name: 'Retry' }).first()
    await act.waitFor()
    expect(await isReachable(act)).toBe(true)
    expect(await checkLooks(phone)).toEqual([])
    await phone.goto(`${desk.url}/jobs/dead-letters`)
    const [retry, discard] = [/^Retry:/, /^Discard:/].map((name) => phone.getByRole('button', { name }))
    await retry!.waitFor()
    expect([await isReachable(retry!), await isReachable(discard!)]).toEqual([true, true])
    const [one, other] = [(await retry!.boundingBox())!, (await discard!.boundingBox())!]
    expect(other.x - (one.x + one.width)).toBeGreaterThanOrEqual(APART_PX)
    await phone.context().close()
  })

  test('the skip link and few tabs lead to the first cause', async () => {
    await page.goto(`${desk.url}/jobs/dead-letters`)
    await cause(/The site refused/).waitFor()
    await page.evaluate(() => (document.activeElement as HTMLElement).blur())
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('Skip to the page')
    await page.keyboard.press('Enter')
    const passed: string[] = []
    for (let tab = 0; tab < 3; tab++) {
      await page.keyboard.press('Tab')
      passed.push(await focused(page))
    }
    expect(passed.at(-1)).toBe('Describe it for search')
  })

  test('an alarm leads to what it is about, and goes when that is done', async () => {
    const alarmsAre = () =>
      checkAlarms({
        db: app.db,
        queue: app.queue,
        log: createLog('silent'),
        kinds: jobKinds,
        tellOperators: async () => {},
      })
    await alarmsAre()
    const owner = await enterAs(desk, await app.person('Olga', { role: 'owner' }))
    await owner.getByRole('status', { name: 'Alarms' }).getByRole('link', { name: 'What to do' }).click()
    await owner.getByRole('heading', { name: /Jobs died/ }).waitFor()
    expect(await checkLooks(owner)).toEqual([])
    await owner.getByRole('link', { name: 'See dead letters' }).click()
    await owner.getByRole('button', { name: /^Discard:/ }).click()
    await owner.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
    await owner.getByText('Nothing was given up.').waitFor()
    await alarmsAre()
    await owner.goto(`${desk.url}/jobs/alarms`)
    await owner.getByText('Nothing is wrong.').waitFor()
    await owner.context().close()
  })

  test('discarding says what is lost, and is for those who may change jobs', async () => {
    for (const _ of [1, 2]) await die('The site refused.')
    const reader = await enterAs(desk, await app.person('Bea', { role: 'viewer' }), {
      path: '/jobs/dead-letters',
    })
    await reader.getByText('The site refused.').first().waitFor()
    await reader.getByRole('button', { expanded: false }).first().click()
    await reader
      .getByRole('button', { name: /Look at/ })
      .first()
      .waitFor()
    await reader.getByText('An editor can retry it.').first().waitFor()
    expect(await reader.getByRole('button', { name: /Retry|Resume|Discard/ }).count()).toBe(0)
    await reader.context().close()

    await cause(/The site refused.*2 jobs/)
      .getByRole('button', { name: /^Discard all/ })
      .click()
    const dialog = page.getByRole('dialog', { name: 'Discard 2 jobs?' })
    await dialog.getByText('What was to be made is not made').waitFor()
    expect(await checkPage(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Discard' }).click()
    await page.getByText('Nothing was given up.').waitFor()
    expect(await focused(page)).toBe('Dead letters')
    await page.getByRole('link', { name: 'All jobs' }).click()
    await page.getByText('Cancelled').nth(1).waitFor()
  })

  test('nothing was refused by the policy and no script failed', () => {
    expect(desk.complaints).toEqual([])
  })
})
