import { expect, test } from 'bun:test'
import { AppError } from '#src/errors.ts'
import { errorGroupOf } from '#src/jobs/error-group.ts'
import type { JobHandler } from '#worker/jobs/handler.ts'
import { perform } from '#worker/perform.ts'
import { type TestApp, testApp } from '../harness.ts'
import { jobRow, startJob, workingAs } from './performing.ts'

const groupOf = (message: string, input: unknown = {}) =>
  errorGroupOf({ kind: 'site.ping', input }, { code: 'address_unreachable', message })

const broken: JobHandler = async (job) => {
  if (job.input === 'null') throw new TypeError(`null is no site of ${job.id}`)
  throw new Error(`boom at ${job.id}`)
}

const OURS = { code: 'internal', message: 'Something failed on our side.' }
const thrownBy = async (input: unknown, id = 'job_1') => {
  const cause = await broken({ id, input } as never, input, {} as never).catch((error) => error)
  return errorGroupOf({ kind: 'site.ping', input }, OURS, cause)
}

async function die(app: TestApp, handler: JobHandler): Promise<string> {
  const id = await startJob(app)
  // A job that fails for the last time.
  await app.db.rows('UPDATE jobs SET failures = 99 WHERE id = ?', [id])
  await perform(id, workingAs(app, { 'seo.generate': handler }))
  return (await jobRow(app, id)).errorGroup ?? ''
}

test('one cause is one group, whatever names, hosts, addresses, ids and figures its messages hold', () => {
  const families = [
    [
      'The site bad-a gave status 503.',
      'The site bad-b gave status 503.',
      'The site 10.0.0.1 gave status 502.',
    ],
    ['The site https://a.example/x?y=1 gave nothing.', 'The site b.example:8080 gave nothing.'],
    [
      'No post "About bees" there.',
      'No post “Bees” there.',
      "No post 'It isn't' there.",
      'No post `x y` there.',
    ],
    ['Nobody is ann@example.com here.', 'Nobody is bob.b+c@example.org here.'],
    ['The key 9f86d081884c7d65 is used up.', 'The key 0b5c is used up.'],
  ]
  const groups = families.map((family) => new Set(family.map((message) => groupOf(message))))
  expect(groups.map((group) => [...group])).toEqual(groups.map(() => [expect.any(String)]))
  expect(new Set(groups.flatMap((group) => [...group])).size).toBe(families.length)
})

test('a plain word that came from the input is a name, and other words are not', () => {
  const ping = (host: string) =>
    groupOf(`The site ${host} does not answer.`, { to: [{ url: `http://${host}/x` }] })
  expect(ping('intranet')).toBe(ping('archive'))
  expect(groupOf('The site is closed.')).not.toBe(groupOf('The site is unknown.'))
})

test('an error of our own is told apart by its class and its place, and nothing of its text is kept', async () => {
  const [one, again, other] = [await thrownBy('a'), await thrownBy('b', 'job_2'), await thrownBy('null')]
  expect(one).toBe(again)
  expect(one).toMatch(/^site\.ping internal Error at tests\/jobs\/error-group\.test\.ts:\d+$/)
  expect(other).toMatch(/^site\.ping internal TypeError at tests\/jobs\/error-group\.test\.ts:\d+$/)
  const odd = Object.assign(new Error('at /home/me/secret.ts:1'), { name: 'the key is 1234' })
  expect(errorGroupOf({ kind: 'a', input: 1 }, OURS, odd)).not.toMatch(/secret|key/)
  expect(errorGroupOf({ kind: 'a', input: 1 }, OURS, 'a text')).toBe('a internal a thrown string')
})

test('what a worker buries is grouped by what was thrown', async () => {
  await using app = await testApp()
  const bugs = [
    await die(app, () => Promise.reject(new Error('boom at bug-1'))),
    await die(app, () => Promise.reject(new Error('boom at bug-2'))),
    await die(app, async () => ({ output: JSON.parse('{') })),
  ]
  expect(new Set(bugs).size).toBe(3)
  expect(bugs.join()).not.toMatch(/bug|boom/)
  const refusals = ['bad-a', 'bad-b'].map((host) => async () => {
    throw new AppError('address_unreachable', `The site ${host} gave status 503.`)
  })
  expect(await die(app, refusals[0]!)).toBe(await die(app, refusals[1]!))
})

test('a message and an input of any size are grouped at once, within the length of a group', () => {
  const long = '“'.repeat(1e6)
  expect(groupOf(long, { deep: Array(1e5).fill(long) }).length).toBeLessThanOrEqual(200)
  expect(groupOf('a.'.repeat(1e6)).length).toBeLessThanOrEqual(200)
})
