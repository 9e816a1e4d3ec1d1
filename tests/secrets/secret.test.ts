import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { format, inspect } from 'node:util'
import { serialize } from 'node:v8'
import { readEnv } from '#src/env.ts'
import { Secret } from '#src/secret.ts'
import { start, temporaryFolder } from '../processes/processes.ts'
import { keyText, ringOf } from './vault.ts'

/** Not written here: an error shows the lines it came from. */
const TEXT = crypto.randomUUID()
const secret = new Secret(TEXT)

test('a secret gives its text to who asks for it by name, and to nobody else', () => {
  expect(secret.reveal()).toBe(TEXT)
  const failure = Object.assign(new Error(`with ${secret}`, { cause: secret }), { secret })
  const shown = [
    String(secret),
    `${secret}`,
    [secret, secret].join(),
    JSON.stringify({ secret, list: [secret] }),
    JSON.stringify(secret),
    inspect(secret),
    inspect({ deep: { deep: { deep: secret } } }, { depth: 9, showHidden: true }),
    inspect(secret, { customInspect: false, showHidden: true }),
    Bun.inspect(secret),
    Bun.inspect({ secret }),
    Bun.inspect.table([{ secret }]),
    format('%s %o %O %j %d', secret, secret, secret, secret, secret),
    inspect(failure),
    Bun.inspect(failure),
    failure.message,
    JSON.stringify(Object.getOwnPropertyDescriptors(secret)),
    Object.keys(secret).join(),
    Object.values(secret).join(),
    serialize({ ...secret }).toString('latin1'),
    Bun.inspect(structuredClone(secret)),
    Bun.YAML.stringify({ secret }),
    Bun.inspect(new Map([[secret, secret]])),
  ]
  for (const text of shown) expect(text).not.toContain(TEXT)
  for (const text of shown.slice(0, 7)) expect(text).toContain('[redacted]')
})

test('nothing can be hung on a secret, and nothing put in its place', () => {
  expect(() => Object.assign(secret, { text: TEXT })).toThrow()
  expect(() => Object.defineProperty(secret, 'toJSON', { value: () => TEXT })).toThrow()
  expect({ ...secret }).toEqual({})
})

test('the log, its errors and what a process dies of do not tell a secret', async () => {
  using folder = temporaryFolder()
  await using child = start(folder, [join(import.meta.dir, 'telling.ts')], { TOLD: TEXT })
  expect(await child.exited).not.toBe(0)
  expect(child.output()).toContain('[redacted]')
  expect(child.output()).toContain('"msg":"the last"')
  expect(child.output()).toContain('died of it')
  expect(child.output()).not.toContain(TEXT)
})

test('master keys are not told by the settings, nor by the ring that holds them', () => {
  const material = keyText('a').slice(2)
  const env = readEnv({ NODE_ENV: 'test', MASTER_KEYS: keyText('a') })
  expect(env.masterKeys?.reveal()).toBe(keyText('a'))
  const ring = ringOf('a')
  for (const held of [env, ring, ring.first(), ring.all()])
    for (const text of [JSON.stringify(held), Bun.inspect(held, { depth: 9 }), inspect(held, { depth: 9 })])
      expect(text).not.toContain(material)
})
