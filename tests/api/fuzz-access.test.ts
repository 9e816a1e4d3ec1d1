import { expect, test } from 'bun:test'
import { fuzz, fuzzedTags } from './fuzzing.ts'

/** They want what no generator finds: a link of a mail, a code of the moment, a provider, a folder of mails. */
const OUT_OF_REACH = [
  'confirmAddress',
  'verifySecondFactor',
  'resetPassword',
  'startProviderSignIn',
  'linkIdentity',
  'unlinkIdentity',
  'confirmTwoFactor',
  'makeRecoveryCodes',
  'listMail',
  'getMail',
]

test('whatever is asked about people, projects and keys is answered as documented and gives nothing away', async () => {
  const { complaints, neverDone } = await fuzz(fuzzedTags.access)
  expect(complaints).toEqual([])
  expect(neverDone).toEqual(OUT_OF_REACH)
}, 120_000)
