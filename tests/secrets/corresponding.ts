// Seals, writes and opens letters of a vault until it is told to stop.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openVault } from './vault.ts'

const LETTERS = 20

const folder = process.argv[2]!
const vault = openVault(folder)
for (let round = 1; !existsSync(join(folder, 'stop')); round++) {
  for (let letter = 0; letter < LETTERS; letter++) {
    const id = `letter-${letter}`
    await vault.put(id, `${id} says ${round}`)
    const read = (await vault.bodies())[id]
    if (read !== `${id} says ${round}`) throw new Error(`It reads ${read} in round ${round}.`)
  }
  console.log(`round ${round}`)
}
