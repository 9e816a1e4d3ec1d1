import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import talk from '../../src/projects/sample-talk.md' with { type: 'text' }
import { type Desk, enterDemo, hasChromium, openDemoDesk } from './desk.ts'

describe.skipIf(!hasChromium)('a post is written from the page', () => {
  let desk: Desk
  let close = async () => {}
  beforeAll(async () => {
    const opened = await openDemoDesk({ worker: true })
    desk = opened.desk
    close = opened.close
  })
  afterAll(() => close())

  test('two clicks lead from the door to a finished post', async () => {
    const page = await desk.newPage()
    await page.goto(desk.url)
    await page.getByRole('button', { name: 'Continue to the demo project' }).click()
    await page.getByRole('button', { name: 'Write a post from the sample talk' }).click()
    await page.locator('.prose h2').first().waitFor()
    expect(await page.locator('.prose a[data-citation]').count()).toBeGreaterThan(10)
    await page.context().close()
  })

  test('pasted text shows what was recognised and becomes a post with the title that was given', async () => {
    const page = await enterDemo(desk)
    await page.keyboard.press('n')
    await paste(page, talk)
    const card = page.locator('.added')
    await card.getByText('Pasted text · 2,038 words · 26 passages').waitFor()
    await card.getByText('Speakers: Maya Lindqvist, Tomás Ferreira, Ingrid Aas').waitFor()
    await page.getByLabel('Title', { exact: true }).fill('A title of my own')
    await page.getByRole('radio', { name: 'Friendly' }).check()
    await page.getByRole('button', { name: 'Write post' }).click()
    await page.locator('.prose h2').first().waitFor()
    expect(await page.locator('h1').textContent()).toBe('A title of my own')
    await page.context().close()
  })

  test('files are dropped anywhere, several at once, and a bad one says why beside the good one', async () => {
    const page = await enterDemo(desk)
    await page.goto(`${desk.url}/documents/new`)
    await page.locator('.paste').waitFor()
    await drop(page, { 'talk.md': talk, 'picture.png': 'not text' })
    await page.locator('.added h3', { hasText: 'The drafts we never sent' }).waitFor()
    const problem = page.getByRole('alert')
    await problem.getByText('Files of this kind cannot be read.').waitFor()
    expect(await problem.textContent()).toContain('Accepted are .txt')
    expect(await problem.textContent()).toMatch(/Request \S+/)
    await problem.getByRole('button', { name: 'Leave it out' }).click()
    await page.getByRole('button', { name: 'Write post' }).click()
    await page.locator('.prose h2').first().waitFor()
    await page.context().close()
  })

  test('five megabytes of pasted text are refused in words, and the page stays quick', async () => {
    const page = await enterDemo(desk)
    await page.goto(`${desk.url}/documents/new`)
    await page.locator('.paste').waitFor()
    await paste(page, 'A sentence of some words that goes on. '.repeat(130_000))
    await page.getByRole('alert').getByText('larger than the limit').waitFor()
    expect(await page.locator('.paste').inputValue()).toBe('')
    await page.context().close()
  })

  test('a source too short to write from ends in a message that says how much is needed', async () => {
    const page = await enterDemo(desk)
    await page.goto(`${desk.url}/documents/new`)
    await page.locator('.paste').fill('Too short to be a post.')
    await page.getByRole('button', { name: 'Add text' }).click()
    await page.locator('.added').waitFor()
    await page.getByRole('button', { name: 'Write post' }).click()
    await page.getByRole('alert').getByText('a post needs at least 100').waitFor()
    await page.getByRole('link', { name: 'New document' }).waitFor()
    await page.context().close()
  })

  test('text that is still in the field is written from, and text that is refused starts nothing', async () => {
    const page = await enterDemo(desk)
    await page.goto(`${desk.url}/documents/new`)
    await page.locator('.paste').fill(talk)
    await page.route('**/api/v1/sources', (route) => route.abort())
    await page.getByRole('button', { name: 'Write post' }).click()
    await page.getByRole('alert').getByText('Quill could not be reached').waitFor()
    expect(new URL(page.url()).pathname).toBe('/documents/new')
    expect(await page.locator('.paste').inputValue()).toBe(talk)
    await page.unroute('**/api/v1/sources')
    await page.keyboard.press('Control+Enter')
    await page.locator('.prose h2').first().waitFor()
    await page.goBack()
    expect(await page.locator('.paste').inputValue()).toBe('')
    await page.context().close()
  })

  test('text in the field is there again after another page, and after loading again', async () => {
    const page = await enterDemo(desk)
    await page.goto(`${desk.url}/documents/new`)
    await page.locator('.paste').fill('Words of mine.')
    await page.getByRole('link', { name: 'Sources' }).click()
    await page.getByRole('heading', { name: 'Sources', level: 1 }).waitFor()
    await page.goBack()
    expect(await page.locator('.paste').inputValue()).toBe('Words of mine.')
    await page.reload()
    expect(await page.locator('.paste').inputValue()).toBe('Words of mine.')
    await page.context().close()
  })

  test('a number out of its range is said at its field and never sent', async () => {
    const page = await enterDemo(desk)
    await page.goto(`${desk.url}/documents/new`)
    await page.locator('.paste').fill(talk)
    const words = page.getByLabel('Words', { exact: true })
    await words.fill('20001')
    await page.getByRole('button', { name: 'Write post' }).click()
    await page.waitForFunction(() => document.activeElement?.matches(':invalid'))
    expect(await words.evaluate((element) => element === document.activeElement)).toBe(true)
    expect(await page.locator('.paste').inputValue()).toBe(talk)
    await words.fill('420')
    await page.getByRole('button', { name: 'Write post' }).click()
    await page.locator('.prose h2').first().waitFor()
    await page.context().close()
  })

  test('a hostile source leaves nothing in the page that could run', async () => {
    const page = await enterDemo(desk)
    await page.goto(`${desk.url}/documents/new`)
    await paste(page, hostile.repeat(3))
    await page.locator('.added').waitFor()
    await page.getByRole('button', { name: 'Write post' }).click()
    await page.locator('.prose').waitFor()
    const left = await page.evaluate(() => ({
      scripts: document.querySelectorAll('.prose :is(script, iframe, object, svg)').length,
      handlers: [...document.querySelectorAll('.prose *')].filter((element) =>
        element.getAttributeNames().some((name) => name.startsWith('on')),
      ).length,
      links: [...document.querySelectorAll<HTMLAnchorElement>('.prose a')].filter((link) =>
        /^(javascript|data|vbscript):/i.test(link.href),
      ).length,
      hacked: 'hacked' in globalThis,
    }))
    expect(left).toEqual({ scripts: 0, handlers: 0, links: 0, hacked: false })
    await page.context().close()
  })

  test('nothing was refused by the policy and no script failed', () => {
    expect(desk.complaints).toEqual([])
  })
})

const hostile = `The editor <img src=x onerror="globalThis.hacked=1"> published the article at seven in the evening. \
Visit [the archive](javascript:globalThis.hacked=2) of the newspaper in the town for more of the same story. \
A worker with <svg onload=globalThis.hacked=3></svg> reads the outbox every morning and does the slow work. \
<script>globalThis.hacked=4</script> The printing press was built in 1923 by two brothers from Bergen. \
Readers sent four hundred letters about the obituary within one week of the long winter.\n\n`

async function paste(page: Page, text: string) {
  await page.locator('.paste').waitFor()
  await page.evaluate((text) => {
    const data = new DataTransfer()
    data.setData('text/plain', text)
    const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
    document.querySelector('.paste')!.dispatchEvent(event)
  }, text)
}

async function drop(page: Page, files: Record<string, string>) {
  await page.evaluate((files) => {
    const data = new DataTransfer()
    for (const [name, text] of Object.entries(files)) data.items.add(new File([text], name))
    for (const type of ['dragover', 'drop'])
      document.body.dispatchEvent(
        new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }),
      )
  }, files)
}
