import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Citation } from '../../src/ai/schemas.ts'
import { renderHtml, renderText } from '../../src/documents/render.ts'
import { arbitraryMarkdown } from './arbitrary-markdown.ts'
import { cite } from './cite.ts'
import { htmlFaults } from './html-faults.ts'

const hostile = [
  '<script>alert(1)</script>',
  '<SCRIPT SRC=//evil.example></SCRIPT>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<style>*{display:none}</style>',
  '<a href="javascript:alert(1)">x</a>',
  '<!-- --><script>alert(1)</script>',
  '<![CDATA[<script>]]>',
  '<?php ?>',
  '<math><mi//xlink:href="data:x,<script>">',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java&#x09;script:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](javascript&colon;alert(1))',
  '[x](\\javascript:alert(1))',
  '[x](<javascript:alert(1)>)',
  '[x](<  javascript:alert(1)>)',
  '[x](\u0001javascript:alert(1))',
  '[x](vbscript:msgbox(1))',
  '[x](data:text/html,<script>alert(1)</script>)',
  '[x](data:image/png;base64,AAAA)',
  '![x](data:image/svg+xml,<svg onload=alert(1)>)',
  '![x](javascript:alert(1))',
  '![x](//evil.example/a.png)',
  '[x](file:///etc/passwd)',
  '[x](blob:https://a/b)',
  '[x](ws://a.b)',
  '[x][1]\n\n[1]: javascript:alert(1)',
  '![x][1]\n\n[1]: data:image/gif;base64,AA',
  '<javascript:alert(1)>',
  '<data:text/html,x>',
  'javascript://%0aalert(1)',
  'data://x',
  '![a"onerror="alert(1)](x)',
  '![a](x "t\\" onerror=\\"alert(1)")',
  '[a](https://x.y "t\\" onmouseover=\\"alert(1)")',
  '[a](https://x.y/"onmouseover="alert(1))',
  "[a](https://x.y/'><script>)",
  '```"><img src=x onerror=alert(1)>\ncode\n```',
  '``` js onload=alert(1)\n```',
  '# <img src=x onerror=alert(1)>',
  '## " onclick="alert(1)',
  '| <script> |\n|---|\n| <script> |',
  '[^<script>]\n\n[^<script>]: <script>',
  '[^"onclick=x]\n\n[^"onclick=x]: x',
  '`<script>`',
  '    <script>',
  '&lt;script&gt;',
  '&#60;script&#62;',
  '<b\n',
  '<',
  '\0<script\0>',
  '[![x](http://a.b/c.png)](https://d.e)',
  '[a https://b.c d](https://e.f)',
  '[![x](data:x)](javascript:y)',
  '1. a\n999999999. b\n-1. c',
  '# __proto__\n# constructor\n# cite-1\n# ref-1\n# a\n# a\n# a-2\n# a',
]

describe('HTML is safe whatever the Markdown contains', () => {
  test.each(hostile)('%j', (markdown) => {
    const citations = [cite('1'), cite('<script>'), cite('"onclick=x')]
    expect(htmlFaults(renderHtml(markdown, { citations }))).toEqual([])
    expect(htmlFaults(renderHtml(`> - ${markdown}`, { citations }))).toEqual([])
  })

  test.each(['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///x', 'JAVASCRIPT:x', 'x-y:z'])(
    '%s is no link',
    (link) => {
      for (const markdown of [`[a](${link})`, `<${link}>`, `![a](${link})`, `[a]\n\n[a]: ${link}`, link]) {
        expect(renderHtml(markdown)).not.toMatch(/<a|<img/)
      }
    },
  )

  test('for any text and any citations', () => {
    const fragment = fc.oneof(
      fc.constantFrom(...hostile),
      fc.constantFrom(
        '[^1]',
        '[^n]',
        '[^n]: a[^1]\n\n',
        '\n\n',
        '> ',
        '- ',
        '[',
        ']',
        '(',
        ')',
        '"',
        '<',
        '>',
        '`',
      ),
      fc.string({ unit: 'binary', maxLength: 6 }),
    )
    const markdown = fc.oneof(
      arbitraryMarkdown,
      fc.array(fragment, { maxLength: 7 }).map((parts) => parts.join('')),
    )
    const citations = fc.constantFrom<Citation[]>(
      [],
      [cite('1')],
      [cite('1'), cite('n'), cite('1', { quote: '</li><script>', speaker: '"><b>', time: '\0' })],
    )
    fc.assert(
      fc.property(markdown, citations, (text, cited) => {
        expect(htmlFaults(renderHtml(text, { citations: cited, sourceTitles: { src_1: '<i>' } }))).toEqual([])
      }),
      { numRuns: 4_000 },
    )
  })
})

describe('hostile sizes neither hang nor overflow the stack', () => {
  const many = 100_000
  test.each([
    ['quotes', '>'.repeat(many)],
    ['brackets', '['.repeat(many)],
    ['closed brackets', '['.repeat(many / 2) + ']'.repeat(many / 2)],
    ['pictures in pictures', `${'!['.repeat(many / 4)}${'](a)'.repeat(many / 4)}`],
    ['lists', '- '.repeat(many)],
    ['emphasis', '*a **a '.repeat(many / 7)],
    ['code spans', Array.from({ length: 400 }, (_, n) => '`'.repeat(n + 1)).join(' ')],
    ['links', '[a](b "'.repeat(many / 7)],
    ['addresses', 'https://a.b/('.repeat(many / 12)],
    ['a wide table', `${'|a'.repeat(many / 10)}\n${'|-'.repeat(many / 10)}\n${'|\n'.repeat(many / 10)}`],
    ['a long table', `|a|b|\n|-|-|\n${'|a|b|\n'.repeat(many / 6)}`],
    ['markers', `${'[^1]'.repeat(many / 4)}\n\n${'[^2]: a[^2]\n'.repeat(many / 12)}`],
    ['footnotes', Array.from({ length: 5_000 }, (_, n) => `[^${n}]\n\n[^${n}]: x\n\n`).join('')],
    ['headings', '# a\n'.repeat(many / 4)],
    ['deep quotes with lazy lines', `${'>'.repeat(200)}a\n${'a\n'.repeat(many / 2)}`],
  ])('%s', (_, markdown) => {
    expect(renderHtml(markdown, { citations: [cite('1')] }).length).toBeGreaterThan(0)
    expect(typeof renderText(markdown)).toBe('string')
  })
})
