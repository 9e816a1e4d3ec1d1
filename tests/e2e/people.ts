import type { Page } from 'playwright-core'
import { linkTo, PASSWORD } from '#tests/accounts/browser.ts'
import type { TestApp } from '#tests/harness.ts'
import { callAs, type Desk } from './desk.ts'

type Newcomer = { name: string; project?: string }

/** The page of somebody who has an account with `PASSWORD` and is signed in, in a project where one is named. */
export async function openPerson(desk: Desk, app: TestApp, { name, project }: Newcomer): Promise<Page> {
  const page = await desk.newPage({
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const email = emailOf(name)
  await page.goto(`${desk.url}/sign-in`)
  await callAs(page, 'POST', '/auth/sign-up', { name, email, password: PASSWORD })
  await callAs(page, 'POST', '/auth/confirm', { token: await linkTo(app, email, /Confirm/) })
  await callAs(page, 'POST', '/auth/sign-in', { email, password: PASSWORD })
  if (project) await callAs(page, 'POST', '/projects', { name: project })
  await page.goto(desk.url)
  await page.getByRole('heading', { name: project ? 'Documents' : 'Make your first project' }).waitFor()
  return page
}

export const emailOf = (name: string) => `${name.toLowerCase()}@example.com`

/** Fills the form of the door in, and sends it. */
export async function fillSignIn(page: Page, name: string, password = PASSWORD) {
  await page.getByLabel('E-mail address').fill(emailOf(name))
  await fillPassword(page, password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

export const fillPassword = (page: Page, password = PASSWORD, label = 'Password') =>
  page.getByRole('textbox', { name: label, exact: true }).fill(password)

export const focused = (page: Page) =>
  page.evaluate(() => (document.activeElement as HTMLInputElement | null)?.name)
