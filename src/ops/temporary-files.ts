import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** What a process that died left unfinished; one that lives has long finished it. */
export const TEMPORARY_FILES_KEPT_MS = 24 * 60 * 60_000
/** Where a file is written under another name before it has its own. */
const FOLDERS = ['mail']
const UNFINISHED = '.tmp'

/** Deletes the unfinished files below `dataDir` that outlived their time at `now`. Returns how many. */
export async function purgeTemporaryFiles(dataDir: string, now: number): Promise<number> {
  let deleted = 0
  for (const folder of FOLDERS.map((name) => join(dataDir, name)))
    for (const name of (await readdir(folder).catch(unlessMissing)) ?? []) {
      if (!name.endsWith(UNFINISHED)) continue
      const file = join(folder, name)
      const changed = (await stat(file).catch(unlessMissing))?.mtimeMs
      if (changed === undefined || changed > now - TEMPORARY_FILES_KEPT_MS) continue
      await rm(file, { force: true })
      deleted++
    }
  return deleted
}

/** The folder may never have been made, and another process may have deleted the file. */
function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
