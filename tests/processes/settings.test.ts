import { expect, test } from 'bun:test'
import { problemsOf, readEnv } from '#src/env.ts'
import { complaintsOfServices } from '#src/services.ts'
import { quill, temporaryFolder } from './processes.ts'

const WRONG = {
  PORT: 'x',
  MASTER_KEYS: 'bad',
  SMTP_URL: 'foo',
  MAIL_FROM: 'nonsense',
  GITHUB_URL: 'http://github.example',
  GOOGLE_ISSUER: 'http://google.example',
}

test('a start names everything that is wrong with the settings at once, whoever uses them, and no secret', async () => {
  using folder = temporaryFolder()
  const starts = [['serve'], ['api'], ['worker'], ['demo']].map((args) => quill(folder, args, WRONG))
  for (const { code, output } of await Promise.all(starts)) {
    expect(code).toBe(1)
    const lines = output.trimEnd().split('\n')
    expect(lines.map((line) => line.split(/[ ,]/)[0]!).toSorted()).toEqual(Object.keys(WRONG).toSorted())
    expect(output).not.toMatch(/\bbad\b|\bfoo\b/)
  }
  expect(await Bun.file(folder.file('data/quill.db')).exists()).toBe(false)
}, 30_000)

test('a setting that cannot be read is complained of once, and hides no other', () => {
  const problems = problemsOf(() =>
    readEnv(
      { NODE_ENV: 'test', GITHUB_API_URL: '::', GITHUB_URL: 'http://github.example' },
      { complaints: complaintsOfServices },
    ),
  )
  expect(problems).toEqual([
    expect.stringMatching(/^GITHUB_API_URL must be/),
    expect.stringMatching(/^GITHUB_URL must/),
  ])
})
