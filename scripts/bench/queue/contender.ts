import { rmSync } from 'node:fs'

/** Jobs of a phase that is measured. */
export const JOBS = 20_000
export const HANDLERS = 10

export type Durability = 'NORMAL' | 'FULL'

/** A queue to be measured on a file of its own. What is awaited is durable by then, as far as it claims to be. */
export type Contender = {
  name: string
  durability: Durability
  open(file: string): Promise<Opened>
}

export type Opened = {
  add(payload: object): unknown
  addMany(payloads: object[]): unknown
  /** Performs jobs with HANDLERS hands from now on, calling this with the payload of each. */
  work(handle: (payload: object) => void): { stop(): unknown }
  close(): unknown
}

/** A queue that others made; how a package of its folder is loaded is handed to it. */
export type Peer = {
  name: string
  /** @throws Error that says which package or program is missing */
  contenders(load: <Module>(name: string) => Promise<Module>): Promise<Contender[]>
}

/** About 300 bytes of JSON. */
export const payloadOf = (index: number) => ({
  jobId: `job_${String(index).padStart(8, '0')}`,
  tenant: `tenant_${index % 17}`,
  post: '3f0c1f5e-7d0e-4c55-9f9a-1f1c2f0f9a11',
  title: 'How to choose a durable queue for a pipeline that writes',
  keywords: ['queue', 'sqlite', 'bun', 'durable'],
  note: 'x'.repeat(120),
})

export function removeDatabase(file: string) {
  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
}
