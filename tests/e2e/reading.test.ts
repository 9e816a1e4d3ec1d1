import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { callAs, type Desk, enterDemo, hasChromium, openDemoDesk, openPost } from './desk.ts'

describe.skipIf(!hasChromium)('a finished post is read and worked with', () => {
  let desk: Desk
  let page: Page
  let id: string
  let close = async () => {}
  beforeAll(async () => {
    const opened = await openDemoDesk({ worker: true })
    desk = opened.desk
    close = opened.close
    page = await enterDemo(desk, { permissions: ['clipboard-read', 'clipboard-write'] })
    id = await openPost(desk, page)
  })
  afterAll(() => close())

  test('a citation shows its passage under the pointer, with the exact quote and what stands around it', async () => {
    const marker = page.locator('.prose a[data-citation]').nth(3)
    await marker.hover()
    const card = page.getByRole('dialog', { name: /^Source/ })
    await card.getByText('The drafts we never sent').waitFor()
    const [citation] = await citationsOf(page, id, await marker.textContent())
    expect(await card.locator('mark').textContent()).toBe(citation.quote)
    expect((await card.locator('.quote').textContent())!.length).toBeGreaterThan(citation.quote.length)
    expect(await card.textContent()).toContain(citation.time)
    await page.mouse.move(0, 0)
    await card.waitFor({ state: 'detached' })
  })

  test('by keyboard alone: focus shows the passage, Enter goes into it, Escape comes back', async () => {
    const marker = page.locator('.prose a[data-citation]').first()
    await page.locator('.doc-title button').focus()
    await page.keyboard.press('Tab')
    const card = page.getByRole('dialog', { name: 'Source 1' })
    await card.waitFor()
    expect(await marker.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement?.textContent === 'Open in source')
    await page.keyboard.press('Escape')
    await card.waitFor({ state: 'detached' })
    expect(await marker.evaluate((element) => element === document.activeElement)).toBe(true)
  })

  test('"Open in source" leads to the passage, marked and in sight', async () => {
    await page.locator('.prose a[data-citation]').nth(8).click()
    await page.getByRole('link', { name: 'Open in source' }).click()
    const passage = page.locator('.passages [data-marked]')
    await passage.waitFor()
    await page.waitForFunction(() => {
      const box = document.querySelector('[data-marked]')!.getBoundingClientRect()
      return box.top >= 0 && box.top < innerHeight
    })
    expect(page.url()).toContain(`#${await passage.getAttribute('id')}`)
    await page.goto(`${desk.url}/documents/${id}`)
    await page.locator('.prose h2').first().waitFor()
  })

  test('the outline and the keys [ and ] move from section to section', async () => {
    const headings = page.locator('.prose h2')
    await page.getByRole('navigation', { name: 'Outline' }).getByRole('link').nth(1).click()
    expect(await headings.nth(1).evaluate((element) => element === document.activeElement)).toBe(true)
    await page.locator('.outline li:nth-child(2) [aria-current]').waitFor()
    await page.keyboard.press('[')
    expect(await headings.nth(0).evaluate((element) => element === document.activeElement)).toBe(true)
  })

  test('the panel lists every source, and a press goes to the sentence', async () => {
    await page.keyboard.press('s')
    const items = page.locator('.citation-list > li')
    await items.first().waitFor()
    expect(await items.count()).toBe(await page.locator('.prose a[data-citation]').count())
    await items.nth(12).getByRole('button').click()
    const focused = await page.evaluate(() => (document.activeElement as HTMLElement).dataset.citation)
    expect(focused).toBe('13')
    await page.mouse.move(0, 0)
    await page.locator('.prose a[data-citation="13"]').hover()
    await page.getByRole('dialog', { name: 'Source 13' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog', { name: 'Source 13' }).waitFor({ state: 'detached' })
    await page.getByRole('tab', { name: 'Search preview' }).click()
    await page.locator('.result-title').getByText('The drafts we never sent').waitFor()
    await page.getByRole('button', { name: 'Close the panel' }).click()
  })

  test("the post is copied and downloaded as Markdown and HTML, byte for byte the API's", async () => {
    await page.getByRole('button', { name: /^Copy/ }).click()
    await page.getByRole('menuitem', { name: 'Copy Markdown' }).click()
    await page.getByText('Markdown copied.').waitFor()
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    expect(copied).toBe(await bodyOf(page, id, 'markdown'))
    await page.getByRole('button', { name: /^Copy/ }).click()
    const downloading = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: 'Download HTML' }).click()
    const download = await downloading
    expect(download.suggestedFilename()).toMatch(/^the-drafts-we-never-sent.*\.html$/)
    expect(await Bun.file(await download.path()).text()).toContain(await bodyOf(page, id, 'html'))
  })

  test('the title is renamed where it stands, and a change by somebody else is not overwritten', async () => {
    await rename(page, 'A better title')
    await page.locator('h1', { hasText: 'A better title' }).waitFor()
    await callAs(page, 'PATCH', `/documents/${id}`, { title: 'Theirs' })
    await rename(page, 'Mine')
    await page.getByRole('alert').getByText('Somebody else changed this document').waitFor()
    expect(await page.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('Mine')
    await page.getByRole('button', { name: 'Rename' }).click()
    await page.locator('h1', { hasText: 'Mine' }).waitFor()
    expect((await callAs(page, 'GET', `/documents/${id}`)).title).toBe('Mine')
  })

  test('a renamed document has its new title in the tab, in the list and as the name of its file', async () => {
    await rename(page, 'Don’t wait: Größe, 2 ways')
    await page.waitForFunction(() => document.title.startsWith('Don’t wait: Größe, 2 ways'))
    await page.getByRole('button', { name: /^Copy/ }).click()
    const downloading = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: 'Download Markdown' }).click()
    expect((await downloading).suggestedFilename()).toBe('dont-wait-größe-2-ways.md')
    await page.goto(`${desk.url}/documents`)
    await page.locator('.row-title', { hasText: 'Don’t wait: Größe, 2 ways' }).click()
    await page.locator('.prose h2').first().waitFor()
  })

  test('two versions are compared word by word, and the old one is restored as a new one', async () => {
    // A rename may have made versions of its own.
    const { currentVersion } = await callAs(page, 'GET', `/documents/${id}`)
    const written = currentVersion + 1
    await callAs(page, 'POST', '/pipelines/generate_blog', {
      documentId: id,
      options: { sections: 3, words: 400 },
    })
    await page.getByRole('button', { name: `Version ${written}` }).waitFor()
    await page.keyboard.press('h')
    const toCompare = page.getByRole('link', { name: `Compare with ${written}` }).last()
    await toCompare.waitFor()
    await page.keyboard.press('Escape')
    await toCompare.waitFor({ state: 'detached' })
    await page.keyboard.press('h')
    await toCompare.click()
    await page.locator('.compared del').first().waitFor()
    await page.getByRole('button', { name: 'Restore version 1', exact: true }).click()
    await page.getByText(`Version 1 is the newest again, as version ${written + 1}.`).waitFor()
    await page.getByRole('button', { name: `Version ${written + 1}` }).waitFor()
    expect(await bodyOf(page, id, 'markdown', written + 1)).toBe(await bodyOf(page, id, 'markdown', 1))
  })

  test('a deleted document is taken back', async () => {
    const title = (await page.locator('h1').textContent())!
    const row = page.locator('.row-title', { hasText: title })
    await page.getByRole('button', { name: 'More acts' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByText('was deleted.').waitFor()
    await row.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).click()
    await row.waitFor()
  })

  test('nothing was refused by the policy and no script failed', () => {
    expect(desk.complaints).toEqual([])
  })
})

async function rename(page: Page, title: string) {
  await page.getByRole('button', { name: 'Rename' }).click()
  await page.getByRole('textbox', { name: 'Title' }).fill(title)
  await page.keyboard.press('Enter')
}

const bodyOf = (page: Page, id: string, format: string, number = 1) =>
  page.evaluate(
    (path) => fetch(path).then((response) => response.text()),
    `/api/v1/documents/${id}/versions/${number}/body?format=${format}`,
  )

async function citationsOf(page: Page, id: string, marker: string | null) {
  const { preamble, sections } = await callAs(page, 'GET', `/documents/${id}/versions/1`)
  const all = [preamble, ...sections].flatMap((section) => section.citations)
  return all.filter((citation: { marker: string }) => citation.marker === marker)
}
