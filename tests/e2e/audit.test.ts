import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { type Person, type TestApp, testApp } from '#tests/harness.ts'
import { type Desk, enterAs, hasChromium, openDesk } from './desk.ts'

describe.skipIf(!hasChromium)('the log of a project', () => {
  let app: TestApp
  let desk: Desk
  let ada: Person
  let page: Page
  beforeAll(async () => {
    app = await testApp()
    desk = await openDesk(app)
    ada = await app.person('Ada', { role: 'owner' })
    const chris = await app.person('Chris', { role: 'admin' })
    const bea = await app.person('Bea', { role: 'reviewer' })
    await app.call('PATCH', `/api/v1/members/${bea.userId}`, { as: chris, body: { role: 'writer' } })
    await app.call('DELETE', `/api/v1/members/${chris.userId}`, { as: ada })
    await app.call('PATCH', '/api/v1/project', { as: ada, body: { name: 'Harbour' } })
    page = await enterAs(desk, ada, { path: '/settings/audit' })
  })
  afterAll(async () => {
    await desk[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
  })
  const rows = () => page.getByRole('region', { name: 'Audit log' }).getByRole('row')

  test('says who did what to whom, and is filtered by what stands in the address', async () => {
    await page.getByRole('row', { name: /Chris Role changed Bea: reviewer → writer/ }).waitFor()
    await page.getByRole('row', { name: /Ada Member removed Chris/ }).waitFor()
    await page.getByRole('combobox', { name: 'Action' }).selectOption('Project renamed')
    await page.getByRole('row', { name: /Chris/ }).waitFor({ state: 'detached' })
    expect(new URL(page.url()).search).toBe('?action=project.renamed')
    await page.reload()
    await page.getByRole('row', { name: /Ada Project renamed “Harbour”/ }).waitFor()
    expect(await rows().count()).toBe(2)
    await page.getByRole('combobox', { name: 'Action' }).selectOption('')
    await page.getByRole('button', { name: 'Chris' }).click()
    await page.getByRole('row', { name: /renamed/ }).waitFor({ state: 'detached' })
    await page.getByLabel('To', { exact: true }).fill('2020-01-31')
    await page.getByText('Nothing fits these filters.').waitFor()
  })

  test('an owner takes it along, an admin does not', async () => {
    await page.goto(`${desk.url}/settings/audit`)
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export' }).click(),
    ])
    const lines = (await Bun.file(await file.path()).text()).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).action)).toContain('member.role_changed')
    expect(file.suggestedFilename()).toBe(`audit-${app.team.projectId}.ndjson`)
    const admin = await enterAs(desk, await app.person('Dan', { role: 'admin' }), { path: '/settings/audit' })
    await admin.getByRole('row', { name: /Role changed/ }).waitFor()
    expect(await admin.getByRole('button', { name: 'Export' }).count()).toBe(0)
    await admin.context().close()
  })

  test('nothing was refused by the policy and no script failed', () => {
    expect(desk.complaints).toEqual([])
  })
})
