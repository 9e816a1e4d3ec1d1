// Rotates the keys of a vault and is killed in the middle of it.
import { rotateKeys } from '#src/secrets/rotate-keys.ts'
import { letterColumns, openVault } from './vault.ts'

const { db, ring } = openVault(process.argv[2]!)
await rotateKeys(db, ring, {
  columns: letterColumns,
  tell() {
    console.log('dies')
    process.kill(process.pid, 'SIGKILL')
  },
})
