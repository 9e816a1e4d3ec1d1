import { AsyncLocalStorage } from 'node:async_hooks'

/** From where a request comes, and which it is. */
export type Visit = { address: string; requestId: string }

const visits = new AsyncLocalStorage<Visit>()

/** Lets what better-auth tells the house while `work` runs know from where it was asked. */
export const during = <T>(visit: Visit, work: () => T): T => visits.run(visit, work)

export const currentVisit = (): Partial<Visit> => visits.getStore() ?? {}
