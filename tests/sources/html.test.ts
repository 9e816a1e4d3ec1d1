import { expect, test } from 'bun:test'
import { importSource } from '#src/sources/registry.ts'

function read(markup: string) {
  return importSource({ fileName: 'page.HTM', bytes: new TextEncoder().encode(markup) })
}

const page = `<!doctype html><html><head><title>Our year | The Site</title><style>p { color: red }</style></head>
<body><nav><a href="/">Home</a></nav><header><h1>The Site</h1></header>
<main><article>
  <h1>Our year</h1>
  <p>It was   a <b>good</b> year &amp; a&nbsp;long one&hellip;<br>Second line
  <h2>What <em>we</em> did</h2>
  <ul><li>One<li><p>Two</p><ol><li>A<li>B</ol></ul>
  <table><tr><th>Month</th><th>Sold</th></tr><tr><td>May<td>12</tr></table>
  <pre><code># not a heading

  x = 1</code></pre>
  <script>alert('no')</script><div hidden>hidden</div><p aria-hidden="true">hidden</p>
  <div>Outer <div>inner</div> tail</div>
  <p># not a heading</p>
  <aside>Related</aside>
</article></main><footer>About us</footer></body></html>`

test('a page becomes its readable text, with headings, lists, tables and code', async () => {
  const { title, text, passages } = await read(page)
  expect(title).toBe('Our year')
  expect(text).toBe(`# Our year

It was a good year & a\u00a0long one…
Second line

## What we did

- One
- Two
1. A
2. B

Month | Sold
May | 12

\`\`\`
# not a heading

  x = 1
\`\`\`

Outer

inner

tail

# not a heading`)
  expect(passages.map(({ start, end }) => text.slice(start, end))).toContain('# not a heading')
  expect(passages.map(({ heading }) => heading)).toEqual(['Our year', ...Array(10).fill('What we did')])
})

test('without main and article all is read; a teaser in an article is not all', async () => {
  expect((await read('<p>One.<p>Two.<nav>no</nav>')).text).toBe('One.\n\nTwo.')
  expect((await read('<article>Part.</article><p>Other.')).text).toBe('Part.')
  expect((await read(`<article>x</article><p>${'Words and words. '.repeat(10)}`)).text).toContain('Words')
  expect((await read('<div role="main"><div>In</div></div><p>Out')).text).toBe('In')
})

test('a page of turns has speakers', async () => {
  const { passages } = await read('<p><b>Anna:</b> Hi.<br>Ben: Hello.<br>Anna: So.<p>Ben: Well.')
  expect(passages.map(({ speaker }) => speaker)).toEqual(['Anna', 'Ben', 'Anna', 'Ben'])
})

test('the title is decoded, and the first heading where there is none', async () => {
  expect((await read('<title>\n A &amp; B </title><p>x')).title).toBe('A & B')
  expect((await read('<h1>Head</h1><p>x')).title).toBe('Head')
  expect((await read('<svg><title>icon</title></svg><p>Some words')).title).toBe('Page')
})

test('broken and hostile markup is read or refused, never slow', async () => {
  expect((await read('<p>a &lt;script&gt; &#0; &#x110000; <b>b</p></i></table> c')).text).toContain(
    'a <script> \uFFFD',
  )
  await expect(read('<div>'.repeat(100_000))).rejects.toMatchObject({ kind: 'limit_exceeded' })
  expect((await read(`${'<div>'.repeat(400)}${'</b>'.repeat(50_000)}x`)).text).toBe('x')
  await expect(read('<'.repeat(200_000))).rejects.toMatchObject({ kind: 'limit_exceeded' })
  await expect(read('<script>var a = 1</script><nav>Home</nav>')).rejects.toMatchObject({
    kind: 'invalid_request',
  })
})

test("a heading's link to itself and empty cells are no words", async () => {
  const markup =
    '<title>Console | Docs</title><h1>Console<a href="#console">#</a></h1><table><tr><td>a<td><td> <td>b<td></table>'
  expect(await read(markup)).toMatchObject({ title: 'Console', text: '# Console\n\na | b' })
})

test('an empty heading, row or block of code says nothing of what follows', async () => {
  for (const empty of ['<h2></h2>', '<table><tr></tr></table>', '<pre><code></code></pre>', '<ul><li></ul>'])
    expect((await read(`${empty}<p>Words.`)).text).toBe('Words.')
})
