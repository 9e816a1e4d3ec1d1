import type { Citation } from '../../src/ai/schemas.ts'

/** A citation of source `src_1` that quotes `Quote <marker>.` */
export const cite = (marker: string, more: Partial<Citation> = {}): Citation => ({
  marker,
  sourceId: 'src_1',
  passageId: 'psg_1',
  start: 0,
  end: 4,
  quote: `Quote ${marker}.`,
  ...more,
})
