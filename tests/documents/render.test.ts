import { describe, expect, test } from 'bun:test'
import { type RenderOptions, renderHtml, renderText } from '../../src/documents/render.ts'
import { cite } from './cite.ts'
import { htmlFaults } from './html-faults.ts'

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
    expect(htmlFaults(html)).toEqual([])
  })

  test('and footnotes may name each other in a circle', () => {
    const html = renderHtml('a[^x]\n\n[^x]: b[^y]\n\n[^y]: c[^x]\n')
    expect(html.match(/<li /g)).toHaveLength(2)
    expect(htmlFaults(html)).toEqual([])
  })

  test('keep apart on one page with a prefix', () => {
    const html = render('# A\n\na[^1] [up](#a)', { idPrefix: 'v2-' })
    expect(html.match(/(?:id="|href="#)[^"]*/g)!.every((one) => /"#?v2-/.test(one))).toBe(true)
    expect(htmlFaults(html.replaceAll('v2-', ''))).toEqual([])
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
    expect(renderText('-\n\nparagraph\n')).toBe('paragraph\n')
  })
})
