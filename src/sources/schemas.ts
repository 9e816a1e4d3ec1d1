import { type Static, Type as t } from '@sinclair/typebox'
import type { passages, sources } from '#db/schema/sources.ts'
import { clockTime } from '#src/time.ts'

export const Source = t.Object(
  {
    id: t.String(),
    kind: t.String({ description: 'How it came in: `text` for pasted text, else the kind of file.' }),
    title: t.String(),
    fileName: t.Optional(t.String()),
    characters: t.Integer({ description: 'Length of the text in UTF-16 code units.' }),
    words: t.Integer(),
    passageCount: t.Integer(),
    createdAt: t.String({ format: 'date-time' }),
  },
  { title: 'Source' },
)
export type Source = Static<typeof Source>

export const SourceWithText = t.Composite(
  [
    Source,
    t.Object({
      text: t.String({ description: 'The stored text, to which every offset refers. Line ends are `\\n`.' }),
    }),
  ],
  { title: 'SourceWithText' },
)

export const Passage = t.Object(
  {
    id: t.String(),
    sourceId: t.String(),
    position: t.Integer(),
    start: t.Integer({ description: 'Offset in the source, in UTF-16 code units.' }),
    end: t.Integer(),
    text: t.String(),
    speaker: t.Optional(t.String()),
    time: t.Optional(t.String({ description: 'Position in the recording, `HH:MM:SS`.' })),
    heading: t.Optional(t.String()),
  },
  { title: 'Passage' },
)
export type Passage = Static<typeof Passage>

export const SearchHit = t.Object({ passage: Passage, sourceTitle: t.String() }, { title: 'SearchHit' })

type SourceRow = Omit<typeof sources.$inferSelect, 'text' | 'projectId' | 'createdBy'>

export const presentSource = (row: SourceRow): Source => ({
  id: row.id,
  kind: row.kind,
  title: row.title,
  ...(row.fileName ? { fileName: row.fileName } : {}),
  characters: row.characters,
  words: row.words,
  passageCount: row.passageCount,
  createdAt: new Date(row.createdAt).toISOString(),
})

export const presentPassage = (row: typeof passages.$inferSelect): Passage => ({
  id: row.id,
  sourceId: row.sourceId,
  position: row.position,
  start: row.startOffset,
  end: row.endOffset,
  text: row.text,
  ...(row.speaker ? { speaker: row.speaker } : {}),
  ...(row.timeMs === null ? {} : { time: clockTime(row.timeMs) }),
  ...(row.heading ? { heading: row.heading } : {}),
})
