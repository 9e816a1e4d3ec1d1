import { expect, test } from 'bun:test'
import { FUZZ_TIMEOUT_MS, fuzz, fuzzedTags } from './fuzzing.ts'

/** They want what no generator finds: the link of a mail, the code of the moment, a provider. */
const OUT_OF_REACH = [
  'confirmAddress',
  'verifySecondFactor',
  'resetPassword',
  'startProviderSignIn',
  'linkIdentity',
  'unlinkIdentity',
  'confirmTwoFactor',
  'disableTwoFactor',
  'makeRecoveryCodes',
]

test(
  'whatever is asked about people is answered as documented and gives nothing away',
  async () => {
    const { complaints, neverDone } = await fuzz(fuzzedTags.people)
    expect(complaints).toEqual([])
    expect(neverDone).toEqual(OUT_OF_REACH)
  },
  FUZZ_TIMEOUT_MS,
)
