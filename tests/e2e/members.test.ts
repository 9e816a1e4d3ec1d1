import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { type Person, type TestApp, testApp } from '#tests/harness.ts'
import { checkPage } from './check-page.ts'
import { type Desk, enterAs, hasChromium, openDesk } from './desk.ts'

/** Whether the page is still the one it was: nobody signed in again, and nothing was loaded anew. */
const MARK = 'data-same-page'

describe.skipIf(!hasChromium)('people come, may more, and are out', () => {
  let app: TestApp
  let desk: Desk
  let ada: Person
  let owner: Page
  beforeAll(async () => {
    app = await testApp()
    desk = await openDesk(app)
    ada = await app.person('Ada', { role: 'owner' })
    await app.call('POST', '/api/v1/documents', { body: { title: 'The harbour', sourceIds: [] } })
    owner = await enterAs(desk, ada, { path: '/settings/members' })
  })
  afterAll(async () => {
    await desk[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
  })

  test('a reviewer sees what a reviewer may, then more without signing in again, then nothing', async () => {
    const bea = await app.person('Bea')
    const guest = await enterAs(desk, bea, { path: '/' })
    await inviteByKeys(owner, bea.email)
    const link = new URL(await owner.getByLabel('Link, shown this once').inputValue())
    await owner.getByRole('button', { name: 'Done' }).click()
    await guest.goto(desk.url + link.pathname + link.hash)
    await guest.getByRole('button', { name: 'Accept' }).click()
    await guest.getByRole('heading', { name: 'Documents', level: 1 }).waitFor()

    await guest.getByText('The harbour').waitFor()
    expect(await guest.getByRole('link', { name: 'New document' }).count()).toBe(0)
    await guest.getByRole('button', { name: 'Acts for The harbour' }).click()
    expect(await guest.getByRole('menuitem', { name: 'Delete' }).count()).toBe(0)
    await guest.keyboard.press('Escape')
    await guest.evaluate((mark) => document.body.setAttribute(mark, ''), MARK)

    await owner.getByRole('combobox', { name: 'Role of Bea' }).selectOption('writer')
    await owner.getByRole('button', { name: 'Apply the role writer for Bea' }).click()
    await guest.getByRole('link', { name: 'New document' }).waitFor()
    await owner.getByRole('button', { name: 'Undo' }).click()
    await guest.getByRole('link', { name: 'New document' }).waitFor({ state: 'detached' })

    await owner.getByRole('button', { name: 'Acts for Bea' }).click()
    await owner.getByRole('menuitem', { name: 'Remove' }).click()
    await owner.getByRole('dialog', { name: 'Remove Bea?' }).waitFor()
    expect(await checkPage(owner)).toEqual([])
    await owner.getByRole('button', { name: 'Remove Bea' }).click()
    await guest.getByRole('heading', { name: 'You are no longer a member of Team' }).waitFor()
    expect(await guest.locator('body').getAttribute(MARK)).toBe('')
    expect(await checkPage(guest)).toEqual([])
    expect((await app.call('GET', '/api/v1/documents', { as: bea })).status).toBe(403)
    await guest.getByRole('button', { name: 'Go on' }).click()
    await guest.getByRole('heading', { name: 'Make your first project' }).waitFor()
    await guest.context().close()
  })

  test('an invitation that was taken back can be sent again', async () => {
    await inviteByKeys(owner, 'eve@example.com')
    await owner.getByRole('button', { name: 'Done' }).click()
    await owner.getByRole('button', { name: 'Revoke the invitation of eve@example.com' }).click()
    await owner.getByText('The invitation of eve@example.com holds no more.').waitFor()
    await owner.getByRole('button', { name: 'Invite again' }).click()
    await owner.getByText('A mail with a new link was sent to eve@example.com.').waitFor()
    expect(app.mails.filter(({ to }) => to === 'eve@example.com')).toHaveLength(2)
  })

  test('a member who pays sees the members and no content, and is told so', async () => {
    const kim = await app.person('Kim', { role: 'billing' })
    const page = await enterAs(desk, kim)
    await page.getByText('are not part of the billing role').waitFor()
    expect(await checkPage(page)).toEqual([])
    const places = await page
      .getByRole('navigation', { name: 'Main' })
      .getByRole('listitem')
      .allTextContents()
    expect(places).toEqual(['Settings'])
    await page.keyboard.press('g')
    await page.keyboard.press('m')
    await page.getByText('ada@example.com').waitFor()
    expect(await page.getByRole('button', { name: 'Invite' }).count()).toBe(0)
    await page.context().close()
  })

  test('arrow keys give no role, Enter does, Escape forgets; a notice takes the place of the one before', async () => {
    const rik = await app.person('Rik', { role: 'writer' })
    const roleOfRik = async () =>
      (await app.call('GET', '/api/v1/members', { as: ada })).body.items.find(
        ({ userId }: Person) => userId === rik.userId,
      ).role
    await owner.reload()
    const role = owner.getByRole('combobox', { name: 'Role of Rik' })
    await role.focus()
    for (const _ of ['editor', 'admin', 'owner']) await owner.keyboard.press('ArrowUp')
    expect([await role.inputValue(), await roleOfRik()]).toEqual(['owner', 'writer'])
    await owner.keyboard.press('Enter')
    await owner.getByRole('dialog', { name: 'Make Rik an owner?' }).waitFor()
    expect(await checkPage(owner)).toEqual([])
    await owner.getByRole('button', { name: 'Cancel' }).click()
    expect([await role.inputValue(), await roleOfRik()]).toEqual(['writer', 'writer'])

    await role.selectOption('viewer')
    await owner.getByRole('button', { name: 'Apply' }).waitFor()
    await role.press('Escape')
    await owner.getByRole('button', { name: 'Apply' }).waitFor({ state: 'detached' })
    for (const next of ['editor', 'viewer']) {
      await role.selectOption(next)
      await role.press('Enter')
      await owner.getByText(`Rik is ${next} now.`).waitFor()
    }
    expect(await owner.getByText('Rik is').count()).toBe(1)
    expect(await roleOfRik()).toBe('viewer')
  })

  test('only an owner hands the project over, and is an admin from then on', async () => {
    await app.person('Chris', { role: 'admin' })
    await owner.reload()
    await owner.getByRole('button', { name: 'Acts for Chris' }).click()
    await owner.getByRole('menuitem', { name: 'Hand the project over' }).click()
    await owner.getByRole('button', { name: 'Hand over' }).click()
    await owner.getByRole('combobox', { name: 'Role of Chris' }).waitFor({ state: 'detached' })
    const own = owner.getByRole('combobox', { name: 'Role of Ada' })
    expect(await own.inputValue()).toBe('admin')
    expect(await own.getByRole('option').allTextContents()).not.toContain('Billing')
  })

  test('nothing was refused by the policy and no script failed', () => {
    expect(desk.complaints).toEqual([])
  })
})

/** Invites as a reviewer, by keys alone. */
async function inviteByKeys(page: Page, email: string) {
  await page.keyboard.press('i')
  await page.getByRole('textbox', { name: 'E-mail address' }).waitFor()
  await page.keyboard.type(email)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: `${email} is invited` }).waitFor()
}
