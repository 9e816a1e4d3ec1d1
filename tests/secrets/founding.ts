// Asks for the first key of one new folder after the other, at the same time as others do.
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openKeyRing } from '#src/secrets/key-ring.ts'

const [folder, rounds] = process.argv.slice(2)
console.log('ready')
while (!existsSync(join(folder!, 'go'))) {}
for (let round = 0; round < Number(rounds); round++) {
  const dataDir = join(folder!, `round-${round}`)
  mkdirSync(dataDir, { recursive: true })
  const { id, key } = openKeyRing({ dataDir, masterKeys: undefined }).first()
  console.log(`key ${id} ${key.export().toString('hex')}`)
}
