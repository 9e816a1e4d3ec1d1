import { sql } from 'drizzle-orm'
import type { Db, Write } from '#db/connect.ts'
import { sources } from '#db/schema/sources.ts'
import { newId } from '#src/ids.ts'
import { tell } from '#src/jobs/events.ts'
import { createPace } from '#src/pace.ts'
import { countWords } from '#src/words.ts'
import type { ImportedSource } from './importer.ts'
import { presentSource, type Source } from './schemas.ts'
import { searchTerms } from './search-terms.ts'

/** Of the longest passages, in scripts of three bytes a character: well under the 2 MB a shared engine takes. */
const PASSAGES_PER_WRITE = 150

export type NewSource = {
  projectId: string
  createdBy: string
  kind: string
  fileName?: string
  imported: ImportedSource & { title: string }
}

/** Stores a source, its passages and their search terms in one batch. */
export async function addSource(
  db: Db,
  { projectId, createdBy, kind, fileName, imported }: NewSource,
): Promise<Source> {
  const row: typeof sources.$inferInsert = {
    id: newId('src'),
    projectId,
    kind,
    title: imported.title,
    fileName,
    text: imported.text,
    characters: imported.text.length,
    words: countWords(imported.text),
    passageCount: imported.passages.length,
    createdBy,
    createdAt: Date.now(),
  }
  const source = presentSource({ ...row, fileName: fileName ?? null })
  await db.batch([
    db.insert(sources).values(row),
    ...(await passageWrites(db, { projectId, sourceId: row.id, imported })),
    tell(db, projectId, 'source.created', source),
  ])
  return source
}

type PassageOwner = { projectId: string; sourceId: string; imported: ImportedSource }

// Rows travel as one JSON parameter: a shared engine allows a hundred parameters a statement.
async function passageWrites(db: Db, { projectId, sourceId, imported }: PassageOwner): Promise<Write[]> {
  const pace = createPace()
  const rows = []
  for (const [position, passage] of imported.passages.entries()) {
    const text = imported.text.slice(passage.start, passage.end)
    rows.push({ id: newId('psg'), position, text, terms: searchTerms(text), ...passage })
    await pace()
  }
  const writes: Write[] = []
  for (let first = 0; first < rows.length; first += PASSAGES_PER_WRITE) {
    const json = JSON.stringify(rows.slice(first, first + PASSAGES_PER_WRITE))
    writes.push(
      db.run(sql`
        INSERT INTO passages
          (id, project_id, source_id, position, start_offset, end_offset, text, speaker, time_ms, heading, heading_level)
        SELECT value ->> 'id', ${projectId}, ${sourceId}, value ->> 'position', value ->> 'start', value ->> 'end',
          value ->> 'text', value ->> 'speaker', value ->> 'timeMs', value ->> 'heading', value ->> 'headingLevel'
        FROM json_each(${json})`),
      db.run(sql`
        INSERT INTO passages_fts (rowid, project, terms)
        SELECT passages.seq, ${projectTerm(projectId)}, value ->> 'terms'
        FROM json_each(${json}) JOIN passages ON passages.id = value ->> 'id'`),
    )
  }
  return writes
}

/** A project's id as one word of the index. */
export const projectTerm = (projectId: string) => projectId.replace(/^.*_/, '')
