import type { Document } from '../../api/documents.ts'
import type { Run } from '../../api/runs.ts'
import type { Tone } from '../../components/badge.tsx'

/** What a document's latest work came to, in a word. */
export function workState(document: Document, run: Run | undefined): { word: string; tone: Tone } {
  if (run?.state === 'running') return { word: 'Writing', tone: 'active' }
  if (run?.state === 'queued') return { word: 'Waiting', tone: 'active' }
  if (run?.state === 'failed') return { word: 'Failed', tone: 'bad' }
  if (run?.state === 'cancelled') return { word: 'Cancelled', tone: 'warning' }
  if (document.currentVersion === null) return { word: 'Not written yet', tone: 'neutral' }
  return { word: 'Draft', tone: 'neutral' }
}
