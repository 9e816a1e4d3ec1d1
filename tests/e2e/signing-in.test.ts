import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { linkTo, PASSWORD } from '#tests/accounts/browser.ts'
import { type TestApp, testApp } from '#tests/harness.ts'
import { checkLooks } from './check-page.ts'
import { callAs, type Desk, hasChromium, openDesk } from './desk.ts'
import { emailOf, fillPassword, fillSignIn, focused, openPerson } from './people.ts'

const NEW_PASSWORD = 'another horse battery'

describe.skipIf(!hasChromium)('people come in by themselves', () => {
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

  test('from sign-up over the mail to a first project, out, and in again to where one wanted to go', async () => {
    const page = await desk.newPage({ reducedMotion: 'reduce' })
    await page.goto(`${desk.url}/sources?q=drafts`)
    await page.getByRole('heading', { name: 'Sign in to Quill' }).waitFor()
    expect(await checkLooks(page)).toEqual([])
    await page.getByRole('link', { name: 'Make an account' }).click()
    await page.getByLabel('Your name').fill('Ada')
    await page.getByLabel('E-mail address').fill(emailOf('Ada'))
    await fillPassword(page, 'short')
    await page.keyboard.press('Enter')
    await page.getByText('This has 5 characters; it needs 10.').waitFor()
    expect(await focused(page)).toBe('password')
    expect(await checkLooks(page)).toEqual([])
    await fillPassword(page)
    await page.keyboard.press('Enter')
    await page.getByText(`We sent a mail to ${emailOf('Ada')}`).waitFor()
    expect(await checkLooks(page)).toEqual([])

    await page.goto(`${desk.url}/confirm#${await linkTo(app, emailOf('Ada'), /Confirm/)}`)
    const confirm = page.getByRole('button', { name: 'Confirm the address' })
    await confirm.waitFor()
    expect(await checkLooks(page)).toEqual([])
    await confirm.click()
    await page.getByRole('link', { name: 'Sign in with your password' }).click()
    await fillSignIn(page, 'Ada')
    await page.getByLabel('Name of the project').waitFor()
    expect(await checkLooks(page)).toEqual([])
    await page.getByLabel('Name of the project').fill('Notes')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Sources', level: 1 }).waitFor()
    expect(page.url()).toBe(`${desk.url}/sources?q=drafts`)

    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in to Quill' }).waitFor()
    expect(page.url()).toBe(`${desk.url}/sign-in`)
    await page.goto(`${desk.url}/jobs?state=dead`)
    await fillSignIn(page, 'Ada')
    await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor()
    expect(page.url()).toBe(`${desk.url}/jobs?state=dead`)
    await page.context().close()
  })

  test('what is missing is said by its field, and what is wrong by the act', async () => {
    await (await openPerson(desk, app, { name: 'Betty' })).context().close()
    const page = await desk.newPage({ reducedMotion: 'reduce' })
    await page.goto(`${desk.url}/sign-in`)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Give your password.').waitFor()
    expect(await focused(page)).toBe('email')
    await fillSignIn(page, 'Betty', 'not her password')
    await page.getByRole('alert').getByText('The address or the password is wrong.').waitFor()
    expect(await checkLooks(page)).toEqual([])
    await page.context().close()
  })

  test('the address is never printed, and leads to no other host', async () => {
    const page = await desk.newPage()
    await page.goto(`${desk.url}/sign-in?error=Call+555-0100`)
    await page.getByRole('alert').getByText('Signing in there did not work.').waitFor()
    expect(await page.locator('body').textContent()).not.toContain('555')
    await page.goto(`${desk.url}/sign-in?error=invitation_needed`)
    await page.getByRole('alert').getByText('Accounts are made by invitation here.').waitFor()
    await page.goto(`${desk.url}//elsewhere.example/jobs`)
    await page.getByRole('link', { name: 'Forgot it?' }).click()
    await page.getByRole('link', { name: 'Back to sign-in' }).click()
    await fillSignIn(page, 'Betty')
    await page.getByRole('heading', { name: 'Make your first project' }).waitFor()
    expect(page.url()).toBe(`${desk.url}/elsewhere.example/jobs`)
    await page.context().close()
  })

  test('where accounts are made by invitation, the door says so and offers nothing else', async () => {
    const page = await desk.newPage({ reducedMotion: 'reduce' })
    await page.route('**/api/v1/session', async (route) => {
      const session = await (await route.fetch()).json()
      session.door = { ...session.door, signUp: 'invited', providers: ['github', 'google'] }
      await route.fulfill({ json: session })
    })
    await page.goto(`${desk.url}/sign-in`)
    await page.getByText('Accounts are made by invitation here.').waitFor()
    await page.getByRole('button', { name: 'Continue with GitHub' }).waitFor()
    expect(await page.getByRole('link', { name: 'Make an account' }).count()).toBe(0)
    expect(await checkLooks(page)).toEqual([])
    await page.goto(`${desk.url}/sign-up`)
    await page.getByRole('heading', { name: 'Accounts are made by invitation' }).waitFor()
    expect(await page.getByRole('textbox').count()).toBe(0)
    expect(await checkLooks(page)).toEqual([])
    await page.context().close()
  })

  test('a forgotten password is replaced by the link of a mail', async () => {
    await (await openPerson(desk, app, { name: 'Carla', project: 'Essays' })).context().close()
    const page = await desk.newPage({ reducedMotion: 'reduce' })
    await page.goto(`${desk.url}/sign-in`)
    await page.getByRole('link', { name: 'Forgot it?' }).click()
    await page.getByLabel('E-mail address').fill(emailOf('Carla'))
    expect(await checkLooks(page)).toEqual([])
    await page.getByRole('button', { name: 'Send the mail' }).click()
    await page.getByText('If there is an account of this address').waitFor()

    await page.goto(`${desk.url}/reset-password#${await linkTo(app, emailOf('Carla'), /Reset/)}`)
    await fillPassword(page, NEW_PASSWORD, 'New password')
    expect(await checkLooks(page)).toEqual([])
    await page.getByRole('button', { name: 'Set the password' }).click()
    await page.getByRole('link', { name: 'Sign in with it' }).click()
    await fillSignIn(page, 'Carla', PASSWORD)
    await page.getByText('The address or the password is wrong.').waitFor()
    await fillSignIn(page, 'Carla', NEW_PASSWORD)
    await page.getByRole('heading', { name: 'Documents', level: 1 }).waitFor()
    await page.context().close()
  })

  test('an invitation is for one address: others are told so, and who has no account makes one with it', async () => {
    const page = await openPerson(desk, app, { name: 'Dora', project: 'Letters' })
    const { link } = await callAs(page, 'POST', '/invitations', { email: emailOf('Emmy'), role: 'writer' })
    const path = `/invitation#${new URL(link).hash.slice(1)}`
    await page.goto(desk.url + path)
    await page.getByText(`You are signed in as ${emailOf('Dora')}`).waitFor()
    expect(await checkLooks(page)).toEqual([])
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Your name').fill('Emmy')
    await fillPassword(page)
    expect(await checkLooks(page)).toEqual([])
    await page.getByRole('button', { name: 'Join' }).click()
    await page.getByRole('heading', { name: 'Documents', level: 1 }).waitFor()
    const { project, user } = await callAs(page, 'GET', '/session')
    expect({ ...project, email: user.email }).toMatchObject({
      name: 'Letters',
      role: 'writer',
      email: emailOf('Emmy'),
    })
    await page.goto(desk.url + path)
    await page.reload()
    await page.getByRole('heading', { name: 'This invitation is over' }).waitFor()
    expect(await checkLooks(page)).toEqual([])
    await page.context().close()
  })

  test('who has an account signs in by the invitation, and accepts it', async () => {
    await (await openPerson(desk, app, { name: 'Fanny', project: 'Recipes' })).context().close()
    const page = await openPerson(desk, app, { name: 'Greta', project: 'Travels' })
    const { link } = await callAs(page, 'POST', '/invitations', { email: emailOf('Fanny'), role: 'viewer' })
    const guest = await desk.newPage({ reducedMotion: 'reduce' })
    await guest.goto(`${desk.url}/invitation${new URL(link).hash}`)
    await guest.getByLabel('Your name').fill('Fanny')
    await fillPassword(guest)
    await guest.getByRole('button', { name: 'Join' }).click()
    await guest.getByText('There is an account of this address.').waitFor()
    await fillPassword(guest)
    expect(await checkLooks(guest)).toEqual([])
    await guest.getByRole('button', { name: 'Sign in', exact: true }).click()
    await guest.getByRole('button', { name: 'Accept' }).click()
    await guest.getByRole('heading', { name: 'Documents', level: 1 }).waitFor()
    await guest.getByText('Travels').first().waitFor()
    await Promise.all([page.context().close(), guest.context().close()])
  })

  test('nothing was refused by the policy and no script failed', () => {
    expect(desk.complaints).toEqual([])
  })
})
