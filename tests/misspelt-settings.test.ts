import { expect, test } from 'bun:test'
import { readEnv, settingList } from '#src/env.ts'
import { misspeltSettings } from '#src/misspelt-settings.ts'

const KNOWN = settingList.map(({ name }) => name)

const meant = (names: string[]) =>
  misspeltSettings(Object.fromEntries(names.map((name) => [name, 'secret-value'])), KNOWN).map(
    (line) => /^(\w+) is no setting.*Is (\w+) meant\?$/.exec(line)?.slice(1) ?? line,
  )

test('a letter more, less, other or swapped is noticed, two of them in a long name', () => {
  expect(meant(['OPERATOR', 'QUEU', 'QUUEE', 'PROT', 'SMTP_URI', 'METRIC_PORTS', 'CF_ACOUNT_ID'])).toEqual([
    ['OPERATOR', 'OPERATORS'],
    ['QUEU', 'QUEUE'],
    ['QUUEE', 'QUEUE'],
    ['PROT', 'PORT'],
    ['SMTP_URI', 'SMTP_URL'],
    ['METRIC_PORTS', 'METRICS_PORT'],
    ['CF_ACOUNT_ID', 'CF_ACCOUNT_ID'],
  ])
})

test('what every machine has is not taken for a setting, nor what stands beside the one that is meant', () => {
  const usual =
    'PATH HOME USER SHELL TERM LANG LOGNAME PWD OLDPWD MAIL TZ EDITOR HOSTNAME HOSTTYPE SHLVL CI _ TMPDIR'
  expect(meant([...usual.split(' '), 'npm_config_host', 'OPERATORS', 'OPERATOR'])).toEqual([])
  expect(meant(KNOWN)).toEqual([])
})

test('it is a warning and no more, and repeats no value', () => {
  const { warnings } = readEnv({ NODE_ENV: 'test', SMTP_URI: 'smtp://quill:password@mail.example' })
  expect(warnings).toEqual(['SMTP_URI is no setting of Quill and does nothing. Is SMTP_URL meant?'])
})
