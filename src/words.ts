import { UNSPACED_SCRIPTS } from './unspaced.ts'

const WORD = new RegExp(`[${UNSPACED_SCRIPTS}]|[\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M}'’-]*`, 'gu')

/** Words of scripts that put spaces between them; a character of those that do not is one. */
export const countWords = (text: string): number => text.match(WORD)?.length ?? 0
