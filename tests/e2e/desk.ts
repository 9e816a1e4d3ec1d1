import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { bundleInterface } from '#scripts/build-interface.ts'
import { interfaceRoutes } from '#src/interface.ts'
import { type Person, type TestApp, testApp } from '#tests/harness.ts'

const ROOT = join(import.meta.dir, '../..')
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
]
const ACTION_MS = 10_000

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'

/** Whether the browser tests can run; says so when they cannot. */
export const hasChromium = existsSync(CHROMIUM)
if (!hasChromium)
  console.warn(`The browser tests are SKIPPED: there is no Chromium at ${CHROMIUM}. Set CHROMIUM_PATH.`)

export type Desk = AsyncDisposable & {
  url: string
  browser: Browser
  /** What the browser complained of: errors of scripts, and anything the page's policy refused. */
  complaints: string[]
  /** A page of a reader of its own, with nothing of the others' cookies. */
  newPage(options?: BrowserContextOptions): Promise<Page>
}

/** A server with the interface as a binary would send it, and a browser. */
export async function openDesk(app: TestApp): Promise<Desk> {
  const folder = mkdtempSync(join(tmpdir(), 'quill-e2e-'))
  const routes = await interfaceRoutes({ files: await bundleInterface(ROOT, folder) })
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    routes: { ...routes, '/api/*': app.fetch, '/docs': app.fetch, '/docs/*': app.fetch },
  })
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  const complaints: string[] = []
  return {
    url: server.url.href.replace(/\/$/, ''),
    browser,
    complaints,
    async newPage(options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
      const page = await context.newPage()
      page.setDefaultTimeout(ACTION_MS)
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('console', (message) => {
        if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text())
      })
      return page
    },
    async [Symbol.asyncDispose]() {
      await browser.close()
      await server.stop(true)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Everything a file of browser tests shares; opened before its tests, closed after them. */
export async function openDemoDesk(options: { worker: boolean }) {
  const app = await testApp({ demo: true, ...options })
  const desk = await openDesk(app)
  return {
    app,
    desk,
    async close() {
      await desk[Symbol.asyncDispose]()
      await app[Symbol.asyncDispose]()
    },
  }
}

export async function enterDemo(desk: Desk, options?: BrowserContextOptions): Promise<Page> {
  const page = await desk.newPage(options)
  await page.goto(desk.url)
  await page.getByRole('button', { name: 'Continue to the demo project' }).click()
  await page.getByRole('heading', { name: 'Documents', level: 1 }).waitFor()
  return page
}

/** A page of somebody who is signed in already, at one of its addresses. */
export async function enterAs(
  desk: Desk,
  { cookie }: Person,
  { path = '/', ...options }: BrowserContextOptions & { path?: string } = {},
): Promise<Page> {
  const page = await desk.newPage(options)
  const [name, value] = cookie.split(/=(.*)/)
  await page.context().addCookies([{ name: name!, value: value!, url: desk.url }])
  await page.goto(desk.url + path)
  await page.locator('h1').first().waitFor()
  return page
}

/** Calls the API as the page would, with its session. */
export function callAs(page: Page, method: string, path: string, body?: unknown) {
  return page.evaluate(
    async ([method, path, body]) => {
      const response = await fetch(`/api/v1${path}`, {
        method: method as string,
        headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
        body: body === null ? undefined : JSON.stringify(body),
      })
      const text = await response.text()
      return text ? JSON.parse(text) : undefined
    },
    [method, path, body ?? null],
  )
}

/** A post of the demo project's talk, written and open in the page; returns its document's id. */
export async function openPost(desk: Desk, page: Page, options = {}): Promise<string> {
  const { items } = await callAs(page, 'GET', '/sources')
  const talk = items.find((source: { fileName?: string }) => source.fileName === 'sample-talk.md')
  const { id } = await callAs(page, 'POST', '/documents', { sourceIds: [talk.id] })
  await callAs(page, 'POST', '/pipelines/generate_blog', { documentId: id, options })
  await page.goto(`${desk.url}/documents/${id}`)
  await page.locator('.prose h2').first().waitFor()
  return id
}
