// Writes the settings of src/env.ts into .env.example and the README's table.
import { join } from 'node:path'
import { settingList } from '#src/env.ts'

const root = join(import.meta.dir, '..')
const TABLE_START = '<!-- settings: written by `bun scripts/settings.ts` -->'
const TABLE_END = '<!-- /settings -->'

export const exampleFile = () =>
  [
    '# Every setting of Quill with its default. Copy to .env and uncomment what you change.',
    ...settingList.map(
      ({ name, fallback, meaning }) => `\n# ${meaning.replaceAll('`', '')}\n#${name}=${fallback}`,
    ),
    '',
  ].join('\n')

export function withTable(readme: string): string {
  const [before, rest] = split(readme, TABLE_START)
  const [, after] = split(rest, TABLE_END)
  const rows = settingList.map(
    ({ name, fallback, meaning }) => `| \`${name}\` | ${fallback ? `\`${fallback}\`` : ''} | ${meaning} |`,
  )
  return [
    `${before}${TABLE_START}`,
    '| Setting | Default | Meaning |',
    '| --- | --- | --- |',
    ...rows,
    `${TABLE_END}${after}`,
  ].join('\n')
}

function split(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark)
  if (at < 0) throw new Error(`README.md has lost its mark ${mark}`)
  return [text.slice(0, at), text.slice(at + mark.length)]
}

if (import.meta.main) {
  const readme = Bun.file(join(root, 'README.md'))
  await Bun.write(join(root, '.env.example'), exampleFile())
  await Bun.write(readme, withTable(await readme.text()))
}
