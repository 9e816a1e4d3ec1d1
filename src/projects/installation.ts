import type { Write } from '#db/connect.ts'
import { statement } from '#db/statement.ts'

/**
 * The project that owns the jobs of the installation itself. It has no member and no key, and it is archived,
 * so that nobody is led to it: whoever asks for one of its jobs finds that there is no such job.
 */
export const INSTALLATION_PROJECT = 'prj_00000000000000000000000000'

/** The write that makes it where it is missing. */
export const ensureInstallation = (): Write =>
  statement('INSERT OR IGNORE INTO projects (id, name, created_at, archived_at) VALUES (?1, ?2, ?3, ?3)', [
    INSTALLATION_PROJECT,
    'Installation',
    Date.now(),
  ])
