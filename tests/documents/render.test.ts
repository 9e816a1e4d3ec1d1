import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { Parser } from 'htmlparser2'
import type { Citation } from '../../src/ai/schemas.ts'
import { type RenderOptions, renderHtml, renderText } from '../../src/documents/render.ts'
import { arbitraryMarkdown } from './arbitrary-markdown.ts'

const cite = (marker: string, more: Partial<Citation> = {}): Citation => ({
  marker,
  sourceId: 'src_1',
  passageId: 'psg_1',
  start: 0,
  end: 4,
  quote: `Quote ${marker}.`,
  ...more,
})

const anything = /^/
const address =
  /^(?:https?:\/\/|mailto:|#|\/(?!\/)|\/\/|\?|\.|(?![a-z][a-z0-9+.-]*:)[^/#?:]|(?![^/?#]*:)[^:])|^$/i
const id = /^[^\s"<>&]+$/
const direction = /^auto$/
const side = /^has-text-align-(?:left|right|center)$/
const heading = { id, dir: direction }
const cell = { class: side, dir: direction }
const allowed: Record<string, Record<string, RegExp>> = {
  a: {
    href: address,
    id,
    title: anything,
    rel: /^noopener noreferrer nofollow$/,
    class: /^back$/,
    'aria-label': anything,
    'data-citation': anything,
  },
  img: {
    src: /^(?:https:\/\/|(?!\/\/)(?![a-z][a-z0-9+.-]*:))/i,
    alt: anything,
    title: anything,
    loading: /^lazy$/,
  },
  h1: heading,
  h2: heading,
  h3: heading,
  h4: heading,
  h5: heading,
  h6: heading,
  p: { dir: direction },
  li: { dir: direction, id, value: /^\d+$/ },
  q: { dir: direction },
  ol: { start: /^\d+$/, type: /^a$/ },
  td: cell,
  th: { ...cell, scope: /^col$/ },
  code: { class: /^language-[\w+#.-]+$/ },
  sup: { class: /^(?:cite|note)$/ },
  span: { class: /^where$/, dir: direction },
  section: { class: /^(?:citations|notes)$/, 'aria-label': /^(?:Sources|Notes)$/ },
  ul: {},
  blockquote: {},
  pre: {},
  em: {},
  strong: {},
  s: {},
  br: {},
  hr: {},
  table: {},
  thead: {},
  tbody: {},
  tr: {},
}
const voidTags = new Set(['img', 'br', 'hr'])

/** Everything wrong with a piece of HTML: tags, attributes and values that are not allowed, and what is not well formed. */
function faults(html: string): string[] {
  const found: string[] = []
  const open: string[] = []
  const ids: string[] = []
  const targets: string[] = []
  new Parser(
    {
      onopentag(name, attributes) {
        if (!allowed[name]) found.push(`<${name}>`)
        if (name === 'a' && open.includes('a')) found.push('a link in a link')
        if (name === 'img' && attributes.alt === undefined) found.push('a picture without alt')
        for (const [key, value] of Object.entries(attributes)) {
          if (!allowed[name]?.[key]?.test(value)) found.push(`<${name} ${key}="${value}">`)
        }
        if (attributes.id) ids.push(attributes.id)
        if (/^#(?:cite|ref|note|noteref)-/.test(attributes.href ?? '') && attributes['aria-label'])
          targets.push(attributes.href!.slice(1))
        open.push(name)
      },
      onclosetag(name, implied) {
        if (implied && !voidTags.has(name)) found.push(`<${name}> is not closed`)
        if (open.pop() !== name) found.push(`</${name}> closes another`)
      },
      oncomment: () => found.push('a comment'),
      onprocessinginstruction: () => found.push('an instruction'),
    },
    { recognizeSelfClosing: false },
  ).end(html)
  if (new Set(ids).size !== ids.length) found.push('an id twice')
  for (const target of targets) if (!ids.includes(target)) found.push(`#${target} leads nowhere`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\0-\x08\x0B\x0C\x0E-\x1F]/.test(html) || !html.isWellFormed())
    found.push('a character HTML may not hold')
  return found
}

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
    expect(faults(renderHtml(markdown, { citations }))).toEqual([])
    expect(faults(renderHtml(`> - ${markdown}`, { citations }))).toEqual([])
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
        expect(faults(renderHtml(text, { citations: cited, sourceTitles: { src_1: '<i>' } }))).toEqual([])
      }),
      { numRuns: 4_000 },
    )
  })
})

describe('citations', () => {
  const render = (markdown: string, options: RenderOptions = {}) =>
    renderHtml(markdown, {
      citations: [cite('1', { speaker: 'Ann', time: '00:12:34' }), cite('2')],
      sourceTitles: { src_1: 'The talk' },
      ...options,
    })

  test('lead to their source and back', () => {
    expect(render('One.[^1]')).toBe(
      '<p>One.<sup class="cite"><a href="#cite-1" id="ref-1" data-citation="1" aria-label="Source 1">1</a></sup></p>\n' +
        '<section class="citations" aria-label="Sources">\n<ol>\n' +
        '<li id="cite-1" value="1"><q dir="auto">Quote 1.</q> <span class="where" dir="auto">Ann, 00:12:34, The talk</span> ' +
        '<a href="#ref-1" class="back" aria-label="Back to the text from source 1">↩</a></li>\n</ol>\n</section>\n',
    )
  })

  test('used twice have two places and one entry', () => {
    const html = render('a[^2] b[^2]')
    expect(html.match(/id="ref-[^"]*"/g)).toEqual(['id="ref-2"', 'id="ref-2.2"'])
    expect(html.match(/<li /g)).toHaveLength(1)
    expect(html).toContain('<li id="cite-2" value="2">')
  })

  test('that are not used, unknown markers and markers in code are left alone', () => {
    expect(render('a `[^1]` [^7]\n\n    [^2]')).toBe(
      '<p>a <code>[^1]</code> [^7]</p>\n<pre><code>[^2]\n</code></pre>\n',
    )
  })

  test('several quotes may stand behind one marker', () => {
    const html = render('a[^1]', { citations: [cite('1'), cite('1', { quote: 'Another.' })] })
    expect(html.match(/<q /g)).toHaveLength(2)
    expect(html.match(/<li /g)).toHaveLength(1)
  })

  test('stand beside footnotes of the author, which are lettered', () => {
    const html = render('a[^note] b[^1] c[^note]\n\n[^note]: Mine[^2].\n\n    - more\n\n[^unused]: x\n')
    expect(html).toContain(
      '<sup class="note"><a href="#note-a" id="noteref-a" aria-label="Note a">a</a></sup>',
    )
    expect(html).toContain('id="noteref-a.2"')
    expect(html).toContain(
      '<section class="notes" aria-label="Notes">\n<ol type="a">\n<li id="note-a"><p>Mine',
    )
    expect(html).toContain('<li id="cite-2" value="2">')
    expect(html).not.toContain('unused')
    expect(faults(html)).toEqual([])
  })

  test('and footnotes may name each other in a circle', () => {
    const html = renderHtml('a[^x]\n\n[^x]: b[^y]\n\n[^y]: c[^x]\n')
    expect(html.match(/<li /g)).toHaveLength(2)
    expect(faults(html)).toEqual([])
  })

  test('keep apart on one page with a prefix', () => {
    const html = render('# A\n\na[^1]', { idPrefix: 'v2-' })
    expect(html.match(/(?:id="|href="#)[^"]*/g)!.every((one) => /"#?v2-/.test(one))).toBe(true)
    expect(faults(html.replaceAll('v2-', ''))).toEqual([])
  })
})

describe('links and images', () => {
  test.each([
    ['[a](https://b.c)', '<a href="https://b.c" rel="noopener noreferrer nofollow">a</a>'],
    ['https://b.c/d.', '<a href="https://b.c/d" rel="noopener noreferrer nofollow">https://b.c/d</a>.'],
    ['[a](//b.c)', '<a href="//b.c" rel="noopener noreferrer nofollow">a</a>'],
    ['[a](/b "t")', '<a href="/b" title="t">a</a>'],
    ['[a](#b)', '<a href="#b">a</a>'],
    ['[a](b/c:d)', '<a href="b/c:d">a</a>'],
    ['[a](mailto:b@c.d)', '<a href="mailto:b@c.d">a</a>'],
    ['[a](https://own.example/b)', '<a href="https://own.example/b">a</a>'],
    [
      '[a](https://own.example.evil/b)',
      '<a href="https://own.example.evil/b" rel="noopener noreferrer nofollow">a</a>',
    ],
    ['README.md and b@c.de', 'README.md and b@c.de'],
    ['![a *b*](c.webp "t")', '<img src="c.webp" alt="a b" title="t" loading="lazy">'],
    ['![](https://b.c/d.png)', '<img src="https://b.c/d.png" alt="" loading="lazy">'],
    ['![a](http://b.c/d.png)', '<a href="http://b.c/d.png" rel="noopener noreferrer nofollow">a</a>'],
    [
      '![](http://b.c/d.png)',
      '<a href="http://b.c/d.png" rel="noopener noreferrer nofollow">http://b.c/d.png</a>',
    ],
    ['![a](//b.c/d.png)', '<a href="//b.c/d.png" rel="noopener noreferrer nofollow">a</a>'],
    ['[![a](http://b.c/d.png)](/e)', '<a href="/e">a</a>'],
    ['![a](data:image/png;base64,AA)', '![a](data:image/png;base64,AA)'],
  ])('%j', (markdown, html) => {
    expect(renderHtml(markdown, { origin: 'https://own.example' })).toBe(`<p>${html}</p>\n`)
  })

  test('images of this site are shown over http too', () => {
    expect(renderHtml('![a](http://localhost:3000/b.webp)', { origin: 'http://localhost:3000' })).toContain(
      '<img ',
    )
  })
})

describe('blocks', () => {
  test('headings have ids that are unique, readable in any script, and never those of citations', () => {
    const html = renderHtml(
      '# Hello *World*!\n## Hello world\n## 東京の話\n## ...\n## cite 1\n## a-2\n## a\n## a\n',
      { idPrefix: '' },
    )
    expect([...html.matchAll(/id="([^"]*)"/g)].map((match) => match[1]!)).toEqual([
      'hello-world',
      'hello-world-2',
      '東京の話',
      'section',
      'section-cite-1',
      'a-2',
      'a',
      'a-3',
    ])
  })

  test('tables keep their sides in a class and their heads name columns', () => {
    expect(renderHtml('| a | b |\n|:-:|---|\n| c | ~~d~~ |\n')).toBe(
      '<table>\n<thead>\n<tr>\n<th scope="col" class="has-text-align-center">a</th>\n<th scope="col">b</th>\n</tr>\n</thead>\n' +
        '<tbody>\n<tr>\n<td class="has-text-align-center">c</td>\n<td><s>d</s></td>\n</tr>\n</tbody>\n</table>\n',
    )
  })

  test('right-to-left text says so', () => {
    expect(renderHtml('# שלום\n\n- مرحبا\n\nhello\n')).toBe(
      '<h1 dir="auto" id="שלום">שלום</h1>\n<ul>\n<li dir="auto">مرحبا</li>\n</ul>\n<p>hello</p>\n',
    )
  })

  test('frontmatter is not shown', () => {
    expect(renderHtml('---\ntitle: x\n---\nBody\n')).toBe('<p>Body</p>\n')
    expect(renderText('---\ntitle: x\n---\nBody\n')).toBe('Body\n')
  })
})

describe('plain text', () => {
  test('has the words and no markup', () => {
    const markdown =
      '# *Title*\n\nA [link](https://a.b) and `code`.[^1] &amp; ![alt](c.png)\nnext line\n\n- one\n- two\n  1. inner\n\n' +
      '> quoted\n\n```js\nlet a = 1\n\n\nlet b\n```\n\n| a | b |\n|---|---|\n| **c** | d |\n\n---\n\n東京[^n]\n\n[^n]: note\n'
    expect(renderText(markdown)).toBe(
      'Title\n\nA link and code. & alt\nnext line\n\n• one\n• two\n  1. inner\n\nquoted\n\nlet a = 1\n\n\nlet b\n\na\tb\nc\td\n\n東京\n\nnote\n',
    )
    expect(renderText('')).toBe('')
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
