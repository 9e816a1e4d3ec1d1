import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Durability } from './contender.ts'
import { installed, type Service, startService } from './service.ts'

/** Where Debian keeps the programs of each version. */
const DEBIAN = '/usr/lib/postgresql'
const USER = 'postgres'

export type Postgres = Service & { url: string }

/**
 * What starts a PostgreSQL with an empty database and the settings it comes with, but for `synchronous_commit`: off, a
 * commit is acknowledged before it is on the disk, as SQLite's are at NORMAL.
 *
 * @throws Error where it is not installed
 */
export function findPostgres(): (durability: Durability) => Promise<Postgres> {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : []
  const folders = versions.map((version) => join(DEBIAN, version, 'bin'))
  const postgres = installed('postgres', 'postgresql', folders)
  const initdb = installed('initdb', 'postgresql', folders)
  installed('setpriv', 'util-linux')
  return async (durability) => {
    const service = await startService({
      signal: 'SIGQUIT',
      user: USER,
      prepare: (folder) =>
        `${initdb} -D ${folder}/data -U ${USER} -A trust -E UTF8 --locale=C --no-sync`.split(' '),
      serve: (folder, port) => [
        ...`${postgres} -D ${folder}/data -h 127.0.0.1 -p ${port}`.split(' '),
        ...['-c', 'unix_socket_directories='],
        ...['-c', `synchronous_commit=${durability === 'FULL' ? 'on' : 'off'}`],
      ],
    })
    return { ...service, url: `postgres://${USER}@127.0.0.1:${service.port}/postgres` }
  }
}
