import fc from 'fast-check'

const words = fc.constantFrom(
  'ship',
  'on **Friday**',
  'a `code [^1] span`',
  '[^1]',
  '[^2]',
  '[^note]',
  '\\[^1]',
  '[a link](https://example.com/a?b=c)',
  '![a picture](picture.webp)',
  '東京は日本の首都です。',
  'مرحبا بالعالم',
  'naïve café',
  '👩‍👩‍👧',
  '<b>bold</b>',
  '&amp; &#x3c;',
  'http://example.com/[^1]',
  '# not a heading',
  '*a **b',
  '`` ` ``',
)
const inline = fc
  .array(fc.oneof(words, fc.string({ unit: 'grapheme', maxLength: 8 })), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join(' '))

const block = fc.oneof(
  inline,
  inline.map((text) => `# ${text}`),
  inline.map((text) => `## ${text} ##`),
  inline.map((text) => `### ${text}`),
  inline.map((text) => `${text}\n===`),
  inline.map((text) => `${text}\n---`),
  inline.map((text) => `- ${text}\n- # ${text}\n  - deeper\n`),
  inline.map((text) => `3. ${text}\n\n   ## in an item`),
  inline.map((text) => `> ## ${text}\n> quoted\nlazy`),
  inline.map((text) => `\`\`\`md\n# ${text}\n\n## no\n\`\`\``),
  inline.map((text) => `~~~\n## ${text}`),
  inline.map((text) => `    # ${text}`),
  inline.map((text) => `<div>\n# ${text}\n</div>`),
  inline.map((text) => `| a | b |\n|---|:-:|\n| ${text} | # c |`),
  inline.map((text) => `[^note]: ${text}\n\n    more`),
  inline.map((text) => `[ref]: https://example.com "${text.slice(0, 5)}"`),
  fc.constantFrom(
    '---',
    '***',
    '---\ntitle: x\n---',
    '+++',
    '\t# tab',
    '\uFEFF',
    '\0',
    '\u2028## x',
    '<!-- #',
  ),
)
const separator = fc.constantFrom('\n\n', '\n', '\r\n\r\n', '\r\n', '\r', '\r\r', '', '\n \t\n\n')

/** Markdown of every kind of block, oddly parted; and any text at all. */
export const arbitraryMarkdown = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(fc.tuple(block, separator), { maxLength: 8 }).map((all) => all.flat().join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: fc.constantFrom(...'#-=`~>[]()^1|\r\n\t !<"*_\\'), maxLength: 40 }),
  },
)
