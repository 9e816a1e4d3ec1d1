import { expect, test } from 'bun:test'
import { FUZZ_TIMEOUT_MS, fuzz, fuzzedTags } from './fuzzing.ts'

/** Nothing keeps mails where the tests run. */
const OUT_OF_REACH = ['listMail', 'getMail']

test(
  'whatever is asked about projects and keys is answered as documented and gives nothing away',
  async () => {
    const { complaints, neverDone } = await fuzz(fuzzedTags.projects)
    expect(complaints).toEqual([])
    expect(neverDone).toEqual(OUT_OF_REACH)
  },
  FUZZ_TIMEOUT_MS,
)
