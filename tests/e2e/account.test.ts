import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Secret, TOTP } from 'otpauth'
import type { Page } from 'playwright-core'
import { linkTo, PASSWORD } from '#tests/accounts/browser.ts'
import { type TestApp, testApp } from '#tests/harness.ts'
import { checkLooks } from './check-page.ts'
import { type Desk, hasChromium, openDesk } from './desk.ts'
import { emailOf, fillPassword, fillSignIn, focused, openPerson } from './people.ts'

const STEP_MS = 30_000
const LONG_NAME = 'Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung'

describe.skipIf(!hasChromium)('people look after their own account', () => {
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

  test('a second factor is set up by the key that is shown; codes and recovery codes let in', async () => {
    const page = await openAccount(desk, app, 'Ada')
    expect(await checkLooks(page)).toEqual([])
    await page.getByRole('button', { name: 'Turn on' }).click()
    await fillPassword(page, 'not her password')
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByText('The password is wrong.').waitFor()
    expect(await focused(page)).toBe('password')
    await fillPassword(page)
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('img', { name: 'QR code' }).waitFor()
    expect(await checkLooks(page)).toEqual([])
    const key = (await page.locator('.secret').textContent())!.replaceAll(' ', '')
    const authenticator = new TOTP({ secret: Secret.fromBase32(key) })
    await page.getByLabel('Code', { exact: true }).fill(authenticator.generate())
    await page.getByRole('button', { name: 'Turn on' }).click()
    await page.getByText('Two-factor sign-in is on.').waitFor()
    expect(await checkLooks(page)).toEqual([])
    const codes = await page.locator('.codes code').allTextContents()
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByText('Copied').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${codes.join('\n')}\n`)
    await page.getByRole('button', { name: 'I saved them' }).click()
    await page.getByRole('button', { name: 'Turn off' }).waitFor()
    expect(await page.locator('.codes').count()).toBe(0)

    await page.getByRole('button', { name: 'Sign out' }).last().click()
    await fillSignIn(page, 'Ada')
    await page.getByLabel('Code', { exact: true }).fill('123')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.locator('[aria-invalid]').waitFor()
    expect(await checkLooks(page)).toEqual([])
    const next = authenticator.generate({ timestamp: Date.now() + STEP_MS })
    await page.getByLabel('Code', { exact: true }).fill(next)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Documents', level: 1 }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await fillSignIn(page, 'Ada')
    await page.getByRole('button', { name: 'Use a recovery code' }).click()
    await page.getByLabel('Recovery code').fill(codes[3]!)
    await page.getByRole('checkbox', { name: 'Do not ask in this browser' }).check()
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Documents', level: 1 }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await fillSignIn(page, 'Ada')
    await page.getByRole('heading', { name: 'Documents', level: 1 }).waitFor()
    await page.context().close()
  })

  test('name, address and password change, each with its proof', async () => {
    const page = await openAccount(desk, app, 'Betty')
    await page.getByRole('button', { name: 'Change name' }).click()
    await page.getByLabel('New name').fill('Elisabeth')
    await page.keyboard.press('Enter')
    await page.getByRole('navigation', { name: 'Main' }).getByText('Elisabeth').waitFor()
    await page.getByText('You changed your name to “Elisabeth”').waitFor()

    await page.getByRole('button', { name: 'Change password' }).click()
    await fillPassword(page, PASSWORD, 'Present password')
    await fillPassword(page, 'a longer password', 'New password')
    expect(await checkLooks(page)).toEqual([])
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Your password was changed.').waitFor()

    await page.getByRole('button', { name: 'Change address' }).click()
    await page.getByLabel('New address').fill(emailOf('elisabeth'))
    await fillPassword(page, 'a longer password')
    await page.getByRole('button', { name: 'Send the mail' }).click()
    await page.getByText(`We sent a mail to ${emailOf('elisabeth')}.`).waitFor()
    await page.goto(`${desk.url}/confirm#${await linkTo(app, emailOf('elisabeth'), /Confirm/)}`)
    await page.getByRole('button', { name: 'Confirm the address' }).click()
    await page.getByRole('link', { name: 'Sign in with your password' }).click()
    await fillSignIn(page, 'elisabeth', 'a longer password')
    await page.getByRole('heading', { name: 'Documents', level: 1 }).waitFor()
    await page.context().close()
  })

  test('signing out everywhere else ends the other browser at once, with the page it shows', async () => {
    const page = await openAccount(desk, app, 'Carla')
    const other = await desk.newPage()
    await other.goto(`${desk.url}/jobs`)
    await fillSignIn(other, 'Carla')
    await other.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor()
    await page.reload()
    await page.getByText('This one').waitFor()
    await page.getByRole('button', { name: 'Sign out everywhere else' }).click()
    await page.getByText('One session ended.').waitFor()
    await other.getByRole('heading', { name: 'Sign in to Quill' }).waitFor()
    await Promise.all([page.context().close(), other.context().close()])
  })

  test('an API key is shown once, works, is replaced with grace, and revoked by name', async () => {
    const page = await openPerson(desk, app, { name: 'Dora', project: LONG_NAME })
    await page.goto(`${desk.url}/account/api-keys`)
    await page.getByRole('button', { name: 'New API key' }).click()
    await page.getByRole('checkbox', { name: 'project:read' }).waitFor()
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page.getByText('Choose at least one right.').waitFor()
    expect(await focused(page)).toBe('name')
    expect(await checkLooks(page)).toEqual([])
    await page.getByLabel('Name', { exact: true }).fill('Our site')
    await page.getByRole('checkbox', { name: 'project:read' }).check()
    await page.getByLabel('Where it may be used from').fill('192.0.2.0/99')
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page.getByText('192.0.2.0/99 is neither an address nor a range').waitFor()
    expect(await focused(page)).toBe('allowedAddresses')
    await page.getByLabel('Where it may be used from').fill('')
    const first = await takeKey(page, 'Make the key')
    expect(await checkLooks(page)).toEqual([])
    await page.getByRole('button', { name: 'I saved it' }).click()
    expect(await page.locator('body').textContent()).not.toContain(first)
    expect((await app.call('GET', '/api/v1/project', { key: first })).body.name).toBe(LONG_NAME)

    await chooseAct(page, 'Replace by a new key')
    const second = await takeKey(page, 'Make the new key')
    await page.getByText('The old one ends in 24 hours.').waitFor()
    expect((await app.call('GET', '/api/v1/project', { key: first })).status).toBe(200)
    await page.getByRole('button', { name: 'I saved it' }).click()
    await page.getByText('Ends in 24 hours').waitFor()

    await chooseAct(page, 'Revoke')
    await page.getByRole('dialog', { name: 'Revoke “Our site”?' }).waitFor()
    expect(await checkLooks(page)).toEqual([])
    await page.getByRole('button', { name: 'Revoke the key' }).click()
    await page.getByText('The key “Our site” was revoked.').waitFor()
    const status = async (key: string) => (await app.call('GET', '/api/v1/project', { key })).status
    expect([await status(first), await status(second)]).toEqual([200, 401])
    await page.context().close()
  })

  test('who is the last owner of a project is told the way out; anybody else can go', async () => {
    const page = await openAccount(desk, app, 'Emmy')
    await page.getByRole('button', { name: 'Delete account' }).click()
    await fillPassword(page)
    await page.getByRole('button', { name: `Delete the account of ${emailOf('Emmy')}` }).click()
    await page.getByRole('alert').getByText('You are the only owner of a project.').waitFor()
    const wayOut = page.getByRole('button', { name: 'Archive “Project of Emmy”' })
    await wayOut.waitFor()
    expect(await checkLooks(page)).toEqual([])
    await wayOut.click()
    await page.getByRole('button', { name: 'Archive project' }).waitFor()
    await page.context().close()

    const free = await openPerson(desk, app, { name: 'Fanny' })
    await free.getByRole('link', { name: 'Account' }).click()
    await free.getByRole('button', { name: 'Delete account' }).click()
    expect(await checkLooks(free)).toEqual([])
    await fillPassword(free)
    await free.keyboard.press('Enter')
    await free.getByRole('heading', { name: 'Sign in to Quill' }).waitFor()
    await free.context().close()
  })

  test('nothing was refused by the policy and no script failed', () => {
    expect(desk.complaints).toEqual([])
  })
})

async function openAccount(desk: Desk, app: TestApp, name: string): Promise<Page> {
  const page = await openPerson(desk, app, { name, project: `Project of ${name}` })
  await page.goto(`${desk.url}/account`)
  await page.getByText('You signed in').waitFor()
  return page
}

/** Sends the form and returns the text of the key that is shown then. */
async function takeKey(page: Page, act: string): Promise<string> {
  await page.getByRole('button', { name: act }).click()
  await page.getByText('This is the key “Our site”.').waitFor()
  return (await page.locator('.secret').textContent())!
}

async function chooseAct(page: Page, name: string) {
  await page.getByRole('button', { name: 'Acts for Our site' }).first().click()
  await page.getByRole('menuitem', { name }).click()
}
