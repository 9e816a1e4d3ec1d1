import { expect, test } from 'bun:test'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { faultKinds } from '#tests/fakes/cloudflare-queues-faults.ts'
import { temporaryFolder } from './processes.ts'

const ROOT = join(import.meta.dir, '..', '..')
const ROOMS = ['src', 'scripts', 'tests']

const [, section = ''] =
  /^## Without an account\n([\s\S]*?)^## /m.exec(readFileSync(join(ROOT, 'docs/DEPLOYMENT.md'), 'utf8')) ?? []

test('pasted as it stands, docs/DEPLOYMENT.md leads to the stand-in, whatever .env says of the queue', async () => {
  const [block] = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, text]) =>
    text!.includes('run dev') ? [text!] : [],
  )
  for (const dotEnv of ['QUEUE=inline\n', 'USE_INLINE_QUEUE=true\n']) {
    using folder = temporaryFolder()
    for (const room of ROOMS) symlinkSync(join(ROOT, room), folder.file(room))
    // What it starts is a look instead of a server: it ends by itself.
    writeFileSync(
      folder.file('package.json'),
      JSON.stringify({ scripts: { dev: 'bun src/main.ts doctor' }, type: 'module' }),
    )
    writeFileSync(folder.file('.env'), dotEnv)
    const pasted = block!.replace('--port 8799 --control-port 8798', '--port 0 --control-port 0')
    expect(pasted).not.toBe(block)
    const shell = Bun.spawn(['sh', '-c', `${pasted}\nkill $!`], {
      cwd: folder.path,
      env: { PATH: `${dirname(process.execPath)}:${process.env.PATH}`, HOME: folder.path, PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const output = await new Response(shell.stdout).text()
    expect(output).toMatch(/created +http_pull consumer of "quill-jobs"/)
    expect(output).toMatch(/Queue: cloudflare/)
    expect(output).not.toContain('✗')
  }
}, 30_000)

test('docs/DEPLOYMENT.md lists the faults that there are', () => {
  const [, listed = ''] = /^The kinds of faults: (.*)$/m.exec(section) ?? []
  const names = [...listed.matchAll(/`([\w-]+)`/g)].map(([, name]) => name!)
  expect(names.toSorted()).toEqual([...faultKinds].toSorted())
})
