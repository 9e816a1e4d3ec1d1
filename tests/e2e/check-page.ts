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
