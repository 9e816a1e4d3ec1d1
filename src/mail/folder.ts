import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sender } from './address.ts'
import { type KeptMail, readEml, writeEml } from './eml.ts'
import { checkMail, type Mailer } from './mail.ts'

/** How many mails are kept; the oldest go first. */
export const KEPT_MAX = 200
const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/
const ENDING = '.eml'

/** Mails that go nowhere but into a folder, to be read there. */
export type MailFolder = Mailer & {
  /** What is kept, newest first. */
  list(): Promise<(KeptMail & { id: string })[]>
  read(id: string): Promise<KeptMail | undefined>
}

/**
 * Keeps each mail as one `.eml` file in `folder`, which is made at the first one. Mails hold links that open
 * accounts: nobody but the owner of the process may read them.
 */
export function mailFolder(folder: string, from: Sender): MailFolder {
  const pathOf = (id: string) => join(folder, id + ENDING)

  const read = async (id: string): Promise<KeptMail | undefined> => {
    if (!ID.test(id)) return undefined
    const file = await readFile(pathOf(id), 'utf8').catch(unlessMissing)
    return file === undefined ? undefined : readEml(file)
  }

  return {
    read,
    async send(mail) {
      checkMail(mail)
      await mkdir(folder, { recursive: true })
      await chmod(folder, 0o700)
      const id = Bun.randomUUIDv7()
      const unfinished = join(folder, `${id}.tmp`)
      await writeFile(unfinished, writeEml(mail, from, new Date()), { mode: 0o600, flag: 'wx' })
      await rename(unfinished, pathOf(id))
      const old = (await listIds(folder)).slice(KEPT_MAX)
      await Promise.all(old.map((id) => rm(pathOf(id), { force: true })))
    },
    async list() {
      const ids = await listIds(folder)
      const mails = await Promise.all(ids.map(async (id) => ({ id, mail: await read(id) })))
      return mails.flatMap(({ id, mail }) => (mail ? [{ id, ...mail }] : []))
    },
  }
}

/** The mails of a folder, newest first: a version 7 UUID sorts by the time it was made (RFC 9562). */
async function listIds(folder: string): Promise<string[]> {
  const names = (await readdir(folder).catch(unlessMissing)) ?? []
  return names
    .filter((name) => name.endsWith(ENDING))
    .map((name) => name.slice(0, -ENDING.length))
    .filter((id) => ID.test(id))
    .sort()
    .reverse()
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
