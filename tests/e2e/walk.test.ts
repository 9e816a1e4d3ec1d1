import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { checkPage, widerBy } from './check-page.ts'
import { callAs, type Desk, enterDemo, hasChromium, openDemoDesk, openPost } from './desk.ts'

const LOOKS = [
  { name: 'light, wide', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  { name: 'dark, on a phone', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const

describe.skipIf(!hasChromium)('every page is for everybody', () => {
  let desk: Desk
  let page: Page
  let paths: string[] = []
  let close = async () => {}
  beforeAll(async () => {
    const opened = await openDemoDesk({ worker: true })
    desk = opened.desk
    close = opened.close
    page = await enterDemo(desk)
    const id = await openPost(desk, page)
    await callAs(page, 'POST', `/documents/${id}/versions/1/restore`)
    const { id: empty } = await callAs(page, 'POST', '/documents', {
      title: 'Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz'.repeat(3),
      sourceIds: [],
    })
    const { id: short } = await callAs(page, 'POST', '/sources', { kind: 'text', text: 'Too short.' })
    const { id: failed } = await callAs(page, 'POST', '/documents', { sourceIds: [short] })
    await callAs(page, 'POST', '/pipelines/generate_blog', { documentId: failed })
    paths = [
      '/',
      '/documents/new',
      `/documents/${id}`,
      `/documents/${id}/versions/1`,
      `/documents/${id}/compare/1/2`,
      `/documents/${empty}`,
      `/documents/${failed}`,
      '/sources',
      '/sources?q=publish',
      `/sources/${short}`,
      '/jobs',
      '/nothing/here',
    ]
  })
  afterAll(() => close())

  for (const { name, ...look } of LOOKS)
    test(`axe finds nothing, and nothing is wider than the window, even with text at twice its size: ${name}`, async () => {
      const own = await desk.newPage({ ...look, storageState: await page.context().storageState() })
      const found: unknown[] = []
      for (const path of paths) {
        await own.goto(desk.url + path)
        await own.locator('h1').first().waitFor()
        await own.waitForFunction(() => !document.querySelector('.skeleton'))
        if (path.endsWith('versions/1')) await own.getByRole('button', { name: 'Sources' }).click()
        found.push(...(await checkPage(own)).map((each) => `${path}: ${each}`))
        await own.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'))
        const over = await widerBy(own)
        if (over > 0) found.push(`${path}: wider by ${over} px with text at twice its size`)
      }
      expect(found).toEqual([])
      await own.context().close()
    })

  test('the door, the palette and the sheet of shortcuts pass as well', async () => {
    const door = await desk.newPage()
    await door.goto(desk.url)
    await door.getByRole('heading', { name: 'Quill' }).waitFor()
    expect(await checkPage(door)).toEqual([])
    await door.context().close()
    await page.goto(desk.url)
    await page.getByRole('heading', { name: 'Documents' }).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search and commands' }).waitFor()
    expect(await checkPage(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Shortcuts' }).waitFor()
    expect(await checkPage(page)).toEqual([])
    await page.keyboard.press('Escape')
  })

  test('keys alone go from the door to a post', async () => {
    const own = await desk.newPage()
    await own.goto(desk.url)
    await own.getByRole('button', { name: 'Continue to the demo project' }).waitFor()
    await own.keyboard.press('Tab')
    await own.keyboard.press('Enter')
    await own.getByRole('heading', { name: 'Documents' }).waitFor()
    await own.keyboard.press('Control+k')
    await own.getByRole('combobox', { name: 'Search and commands' }).waitFor()
    await own.keyboard.type('drafts')
    const found = own.getByRole('option', { name: /Document$/ })
    await found.first().waitFor()
    await own.keyboard.press('Enter')
    await own.locator('.prose h2').first().waitFor()
    await own.keyboard.press('g')
    await own.keyboard.press('s')
    await own.getByRole('heading', { name: 'Sources', level: 1 }).waitFor()
    await own.keyboard.press('/')
    await own.keyboard.type('obituary n ? g d')
    await own.keyboard.press('Enter')
    await own.locator('.hit mark').first().waitFor()
    expect(new URL(own.url()).pathname).toBe('/sources')
    await own.context().close()
  })

  test('the palette looks in the sources for what no command is called', async () => {
    const own = await desk.newPage({ storageState: await page.context().storageState() })
    await own.goto(`${desk.url}/jobs`)
    await own.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor()
    await own.keyboard.press('Control+k')
    await own.getByRole('combobox', { name: 'Search and commands' }).fill('obituary & more')
    await own.getByRole('option', { name: 'Search sources for “obituary & more”' }).click()
    await own.locator('.hit mark').first().waitFor()
    expect(new URL(own.url()).searchParams.get('q')).toBe('obituary & more')
    await own.context().close()
  })

  test('single keys can be turned off', async () => {
    const own = await desk.newPage({ storageState: await page.context().storageState() })
    await own.goto(`${desk.url}/jobs`)
    await own.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor()
    await own.keyboard.press('?')
    await own.getByRole('checkbox').uncheck()
    await own.keyboard.press('Escape')
    await own.keyboard.press('n')
    await own.keyboard.press('Control+k')
    await own.getByRole('combobox', { name: 'Search and commands' }).waitFor()
    expect(new URL(own.url()).pathname).toBe('/jobs')
    await own.context().close()
  })

  test('a chosen theme is in the page before it is painted, and is kept', async () => {
    const own = await desk.newPage({
      storageState: await page.context().storageState(),
      colorScheme: 'light',
    })
    await own.goto(desk.url)
    await own.getByRole('radio', { name: 'Dark theme' }).check()
    const cookie = (await own.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
    const sent = await fetch(desk.url, { headers: { cookie } }).then((response) => response.text())
    expect(sent).toContain('data-theme="dark"')
    await own.context().close()
  })

  test('a lost connection is said, and the page goes on when it is back', async () => {
    const own = await desk.newPage({ storageState: await page.context().storageState() })
    await own.route('**/api/v1/events', (route) => route.abort())
    await own.goto(desk.url)
    await own.getByText('The connection was lost. Reconnecting').waitFor()
    await own.unroute('**/api/v1/events')
    await own.getByText('The connection was lost. Reconnecting').waitFor({ state: 'detached' })
    await own.context().close()
  })

  test('signing out leads to the door', async () => {
    const own = await enterDemo(desk)
    await own.goto(`${desk.url}/jobs`)
    await own.getByRole('button', { name: 'Sign out' }).click()
    await own.getByRole('button', { name: 'Continue to the demo project' }).waitFor()
    expect(new URL(own.url()).pathname).toBe('/sign-in')
    await own.context().close()
  })

  test('nothing was refused by the policy and no script failed', () => {
    expect(desk.complaints).toEqual([])
  })
})
