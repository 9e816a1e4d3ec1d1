import { expect, test } from 'bun:test'
import { testApp } from '../harness.ts'
import { FUZZ_TIMEOUT_MS, fuzz, fuzzedTags } from './fuzzing.ts'
import { readDocument } from './operations.ts'

test(
  'whatever is asked about sources, documents and jobs is answered as documented and gives nothing away',
  async () => {
    const { complaints, neverDone } = await fuzz(fuzzedTags.work)
    expect(complaints).toEqual([])
    expect(neverDone).toEqual([])
  },
  FUZZ_TIMEOUT_MS,
)

test('no operation is left out', async () => {
  await using app = await testApp()
  const { operations } = await readDocument(app)
  const fuzzed: string[] = Object.values(fuzzedTags).flat()
  expect(operations.filter(({ tags }) => !fuzzed.includes(tags[0]!))).toEqual([])
})
