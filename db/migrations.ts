import ground from './migrations/0001-ground.sql' with { type: 'text' }

export type Migration = { tag: string; sql: string }

/** In the order they apply. A migration that has shipped is never edited: the runner refuses it. */
export const migrations: readonly Migration[] = [{ tag: '0001-ground', sql: ground }]
