import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { MARKDOWN_BYTES_MAX, plainText, SECTIONS_MAX, splitMarkdown } from '../../src/documents/markdown.ts'
import { arbitraryMarkdown } from './arbitrary-markdown.ts'

const joined = (markdown: string) => {
  const { frontmatter, preamble, sections } = splitMarkdown(markdown)
  return frontmatter + preamble + sections.map((section) => section.markdown).join('')
}
const headings = (markdown: string) => splitMarkdown(markdown).sections.map((section) => section.heading)

describe('the slices of a document are the document', () => {
  test('for any text', () => {
    fc.assert(
      fc.property(arbitraryMarkdown, (markdown) => {
        expect(joined(markdown)).toBe(markdown)
      }),
      { numRuns: 3_000 },
    )
  })

  test('for every Markdown file of the packages', async () => {
    const root = new URL('../..', import.meta.url).pathname
    const files = await Promise.all(
      [root, `${root}/tests`].map((cwd) =>
        Array.fromAsync(new Bun.Glob('node_modules/**/*.md').scan({ cwd, absolute: true })),
      ),
    )
    expect(files.flat().length).toBeGreaterThan(20)
    for (const file of files.flat()) {
      const markdown = await Bun.file(file).text()
      expect(joined(markdown.slice(0, 100_000))).toBe(markdown.slice(0, 100_000))
    }
  })

  test.each([
    ['CRLF', '# T\r\n\r\n## A\r\ntext\r\n## B'],
    ['a lone CR', 'intro\r## A\rtext\r## B\r'],
    ['U+2028, which ends no line', 'a\u2028## A\n\n## B\u2028c\n'],
    ['tabs', '\t# code\n##\tA\t##\t\n\ttext'],
    ['NUL', 'a\0\n## A\0\n\0'],
    ['half a surrogate pair', '## \uD83D\n\uDE00'],
    ['a byte order mark', '\uFEFF## A\n'],
  ])('with %s', (_, markdown) => {
    expect(joined(markdown)).toBe(markdown)
  })
})

describe('where sections start', () => {
  test('at headings of level 1 and 2, ATX and setext', () => {
    expect(headings('# A\n\n# B\n\nC\n===\n\nD d\nd\n---\n\n### e\n\n## F ##\n')).toEqual([
      'A',
      'B',
      'C',
      'D d d',
      'F',
    ])
  })

  test('after CRLF, a lone CR and a byte order mark', () => {
    expect(headings('\uFEFF## A\r\nx\r## B\r\n')).toEqual(['A', 'B'])
  })

  test.each([
    ['a fence', '```\n## no\n```'],
    ['an unclosed fence', '~~~\n## no'],
    ['indented code', 'x\n\n    ## no'],
    ['a list', '- ## no\n\n  ## no'],
    ['a quote', '> ## no\n> no\n> ---'],
    ['HTML', '<div>\n## no\n</div>'],
    ['a comment', '<!--\n\n## no\n\n-->'],
    ['a table', '| # a |\n|---|\n| ## b |'],
    ['a footnote', '[^1]: a\n\n    ## no'],
    ['deeper headings', '### no\n\n#### no'],
    ['an escaped mark', '\\## no'],
    ['a mark without a space', '##no'],
  ])('not in %s', (_, markdown) => {
    expect(headings(`${markdown}\n`)).toEqual([])
  })

  test('the title of the document belongs to the preamble, with what follows it', () => {
    const parts = splitMarkdown('# Title\n\nLead.\n\n## One\n')
    expect(parts.preamble).toBe('# Title\n\nLead.\n\n')
    expect(parts.sections).toEqual([{ heading: 'One', level: 2, markdown: '## One\n' }])
  })

  test('headings of level 1 are sections when there are several, or one after a section', () => {
    expect(headings('# One\n# Two\n')).toEqual(['One', 'Two'])
    expect(headings('## One\n# Two\n')).toEqual(['One', 'Two'])
  })

  test('a heading is plain text', () => {
    expect(headings('## A *b* `c` [d](https://e.f) ![g](h.png)[^1] &amp; <i>i</i> \\*j\n')).toEqual([
      'A b c d g & i *j',
    ])
    expect(plainText('**東京** の _話_')).toBe('東京 の 話')
    expect([...headings(`## ${'😀'.repeat(5_000)}`)[0]!]).toHaveLength(200)
  })
})

describe('frontmatter', () => {
  test.each([
    ['YAML', '---\ntitle: x\n---\n'],
    ['CRLF and spaces', '\uFEFF---  \r\ntitle: x\r\n--- \r\n'],
    ['an end of three dots', '---\n# note\n\nlist:\n- a\n...\n'],
    ['nothing inside', '---\n---\n'],
    ['no line end after it', '---\na: 1\n---'],
    ['TOML', '+++\na = 1\n+++\n'],
    ['a program', '---js\nprocess.exit()\n---\n'],
  ])('is cut off: %s', (_, frontmatter) => {
    expect(splitMarkdown(frontmatter).frontmatter).toBe(frontmatter)
    expect(splitMarkdown(`${frontmatter.trimEnd()}\n# T\n`).preamble).toBe('# T\n')
  })

  test.each([
    ['prose between rules', '---\nSome words.\n\n---\n'],
    ['no end', '---\ntitle: x\n'],
    ['not at the start', '\n---\ntitle: x\n---\n'],
    ['a longer rule', '----\ntitle: x\n----\n'],
  ])('is not: %s', (_, markdown) => {
    expect(splitMarkdown(markdown).frontmatter).toBe('')
  })
})

describe('limits are named with the figure', () => {
  test('bytes', () => {
    const most = 'é'.repeat(MARKDOWN_BYTES_MAX / 2)
    expect(splitMarkdown(most).preamble).toBe(most)
    expect(() => splitMarkdown(`${most}a`)).toThrow('at most 1500000 bytes; this one has 1500001')
  })

  test('sections', () => {
    expect(headings('## a\n'.repeat(SECTIONS_MAX))).toHaveLength(SECTIONS_MAX)
    expect(() => splitMarkdown('## a\n'.repeat(SECTIONS_MAX + 1))).toThrow(
      'at most 500 sections; this one has 501',
    )
  })
})

test('deep nesting neither overflows the stack nor hangs', () => {
  for (const mark of ['>', '- ', '[', '> - ', '![', '*', '<div>']) {
    const markdown = mark.repeat(100_000)
    expect(joined(markdown)).toBe(markdown)
  }
})
