import type { Page } from 'playwright-core'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

type Axe = {
  run(root: Document, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>
}

/** What axe finds on a page, in one line each, and how far the page is wider than its window. */
export async function checkPage(page: Page): Promise<string[]> {
  await page.evaluate(await Bun.file(Bun.resolveSync('axe-core/axe.min.js', import.meta.dir)).text())
  const violations = await page.evaluate(async (rules) => {
    const { axe } = globalThis as unknown as { axe: Axe }
    const result = await axe.run(document, { runOnly: rules })
    return result.violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html.slice(0, 120)}`)
  }, RULES)
  const over = await widerBy(page)
  return over > 0 ? [...violations, `wider by ${over} px`] : violations
}

/** How many pixels a page is wider than its window. */
export const widerBy = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)

const LOOKS = [
  { viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const

/** What `checkPage` finds in light and wide, dark and on a phone, and with text at twice its size. */
export async function checkLooks(page: Page): Promise<string[]> {
  const found: string[] = []
  const before = page.viewportSize()!
  for (const { viewport, colorScheme } of LOOKS) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize(viewport)
    found.push(...(await checkPage(page)).map((each) => `${colorScheme}: ${each}`))
    await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'))
    const over = await widerBy(page)
    if (over > 0) found.push(`${colorScheme}: wider by ${over} px with text at twice its size`)
    await page.evaluate(() => document.documentElement.style.removeProperty('font-size'))
  }
  await page.setViewportSize(before)
  return found
}
