import { expect, test } from 'bun:test'
import { importSource, importText } from '#src/sources/registry.ts'

const TALK =
  'Ines: We gave the laundromat away in March. It took two years.\n\nTom: Why?\n\nInes: To keep it.'

const read = (text: string) => importText({ text })
const words = ({ text, passages }: Awaited<ReturnType<typeof read>>) =>
  passages.map(({ start, end }) => text.slice(start, end))

test('a first line that stands alone is the title, and nothing can cite it', async () => {
  const pasted = await read(`The Slow Repair, episode 41: Why we gave our laundromat away\n\n${TALK}`)
  expect(pasted.title).toBe('The Slow Repair, episode 41: Why we gave our laundromat away')
  expect(words(pasted).join(' ')).not.toContain('Slow Repair')
  const bytes = new TextEncoder().encode(`A podcast about repair\n\n${TALK}`)
  expect((await importSource({ bytes, fileName: 'podcast.txt' })).title).toBe('A podcast about repair')
})

test('what is said, labelled or all there is stays a passage', async () => {
  for (const text of [
    `The river rose in the night.\n\n${TALK}`,
    `Ines: The river rose\n\n${TALK}`,
    'The river rose in the night and by\nmorning the lower town stood under water. Nobody slept.',
    'Only one line of words\n\n',
  ]) {
    const source = await read(text)
    expect(words(source)[0]).toStartWith(/^(?:Ines|The|Only)/.exec(words(source)[0]!)![0])
    expect(words(source).join(' ')).toContain(text.includes('Only') ? 'Only' : 'The river rose')
  }
})
