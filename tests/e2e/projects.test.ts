import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { type Person, type TestApp, testApp } from '#tests/harness.ts'
import { checkPage, widerBy } from './check-page.ts'
import { type Desk, enterAs, hasChromium, openDesk } from './desk.ts'

const LOOKS = [
  { name: 'light, wide', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  { name: 'dark, on a phone', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const

describe.skipIf(!hasChromium)('a tab works in one project', () => {
  let app: TestApp
  let desk: Desk
  let ada: Person
  beforeAll(async () => {
    app = await testApp()
    desk = await openDesk(app)
    ada = await app.person('Ada', { role: 'owner' })
    const { body: harbour } = await app.call('POST', '/api/v1/projects', {
      as: ada,
      body: { name: 'Hafenmeisterverordnungsänderungsgesetz' },
    })
    await write('Of the team', app.team.projectId)
    await write('Of the harbour', harbour.id)
    const invited = { email: 'eve@example.com', role: 'writer' }
    await app.call('POST', '/api/v1/invitations', { as: ada, body: invited })
  })
  afterAll(async () => {
    await desk[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
  })
  const write = (title: string, projectId: string) =>
    app.call('POST', '/api/v1/documents', {
      as: ada,
      body: { title, sourceIds: [] },
      headers: { 'quill-project': projectId },
    })

  test('two tabs in two projects, switched by keys, do not mix, nor do their live lines', async () => {
    const first = await enterAs(desk, ada)
    await first.getByText('Of the team').waitFor()
    const second = await first.context().newPage()
    await second.goto(desk.url)
    await second.getByText('Of the team').waitFor()
    await second.keyboard.press('p')
    await second.keyboard.press('2')
    await second.getByText('Of the harbour').waitFor()
    await second.reload()
    await second.getByText('Of the harbour').waitFor()
    expect(await second.getByText('Of the team').count()).toBe(0)

    await first.reload()
    await first.getByText('Of the team').waitFor()
    await write('Fresh from the team', app.team.projectId)
    await first.getByText('Fresh from the team').waitFor()
    await write('Fresh from the harbour', await projectOf(second))
    await second.getByText('Fresh from the harbour').waitFor()
    expect(await first.getByText('harbour').count()).toBe(0)
    await second.bringToFront()
    await first.bringToFront()
    const link = first.getByRole('link', { name: 'Fresh from the team' })
    const opened = first.context().waitForEvent('page')
    await link.click({ modifiers: ['Control'] })
    await (await opened).getByRole('heading', { name: 'Fresh from the team' }).waitFor()
    expect(await second.getByText('team').count()).toBe(0)
    await first.context().close()
  })

  test('a switch by typing keeps the list one is at, and offers to undo nothing of the other project', async () => {
    const bea = await app.person('Bea', { role: 'writer' })
    await app.call('POST', '/api/v1/projects', { as: bea, body: { name: 'Lotsenwesen' } })
    const page = await enterAs(desk, bea)
    await page.getByRole('button', { name: 'Acts for Of the team' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByRole('button', { name: 'Undo' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('j')
    await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor()
    await page.keyboard.press('p')
    await page.getByRole('combobox', { name: 'Switch project' }).fill('lots')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Lotsenwesen' }).waitFor()
    expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0)
    expect(new URL(page.url()).pathname).toBe('/jobs')
    await page.context().close()
  })

  test('a new project is entered at once, can be renamed and rested, and is brought back', async () => {
    const page = await enterAs(desk, ada)
    await page.keyboard.press('p')
    await page.getByRole('option', { name: 'New project' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Lighthouse')
    expect(await checkPage(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Lighthouse' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('p')
    await page.getByRole('textbox', { name: 'Name' }).fill('Beacon')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Beacon' }).waitFor()
    await page.getByRole('button', { name: 'Archive project' }).click()
    await page.getByRole('region', { name: 'Archived project' }).waitFor()
    expect(await checkPage(page)).toEqual([])
    await page.goto(`${desk.url}/documents/new`)
    await page.getByRole('heading', { name: 'This project is archived' }).waitFor()
    await page
      .getByRole('region', { name: 'Archived project' })
      .getByRole('button', { name: 'Bring it back' })
      .click()
    await page.getByRole('heading', { name: 'New document' }).waitFor()
    await page.context().close()
  })

  for (const { name, ...look } of LOOKS)
    test(`axe finds nothing on the pages and dialogs of a project, and nothing is too wide: ${name}`, async () => {
      const page = await enterAs(desk, ada, look)
      const found: string[] = []
      const note = async (place: string) =>
        found.push(...(await checkPage(page)).map((each) => `${place}: ${each}`))
      for (const path of ['/settings', '/settings/members', '/settings/api-keys', '/settings/audit']) {
        await page.goto(desk.url + path)
        await page.locator('h1').first().waitFor()
        await page.waitForFunction(() => !document.querySelector('.skeleton'))
        await note(path)
        await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'))
        const over = await widerBy(page)
        if (over > 0) found.push(`${path}: wider by ${over} px with text at twice its size`)
      }
      await page.goto(`${desk.url}/settings/members`)
      await page.getByRole('button', { name: 'Invite', exact: true }).click()
      await page.getByRole('dialog', { name: 'Invite somebody' }).waitFor()
      await note('invite')
      await page.keyboard.press('Escape')
      await page.keyboard.press('p')
      await page.getByRole('combobox', { name: 'Switch project' }).waitFor()
      await note('switch')
      expect(found).toEqual([])
      await page.context().close()
    })

  test('nothing was refused by the policy and no script failed', () => {
    expect(desk.complaints).toEqual([])
  })
})

const projectOf = (page: Page): Promise<string> =>
  page.evaluate(() => JSON.parse(sessionStorage.getItem('quill-project')!).id)
