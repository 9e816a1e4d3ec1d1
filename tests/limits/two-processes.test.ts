import { expect, test } from 'bun:test'
import { connect } from '#db/connect.ts'
import { start, temporaryFolder } from '../processes/processes.ts'

const SPENDER = `${import.meta.dir}/spender.ts`
const LIMIT = 2_000

test('two processes on one file take together what one alone would', async () => {
  using folder = temporaryFolder()
  const url = `file:${folder.file('quill.db')}`
  connect(url).close()
  const spend = async () => {
    await using spender = start(folder, [SPENDER, url, String(LIMIT)])
    expect({ code: await spender.exited, output: spender.output() }).toMatchObject({ code: 0 })
    return Number(spender.output())
  }
  const [one, other] = await Promise.all([spend(), spend()])
  expect(one + other).toBe(LIMIT)
}, 30_000)
