import type { Db } from '#db/connect.ts'
import { ensureDemoPerson } from '#src/accounts/people.ts'
import { startSession } from '#src/accounts/sessions.ts'
import { addSource } from '#src/sources/add-source.ts'
import { importSource } from '#src/sources/registry.ts'
import { hasSourceFile } from '#src/sources/sources.ts'
import { ensureDemoProject } from './projects.ts'
import sampleTalk from './sample-talk.md' with { type: 'text' }

export const DEMO_PROJECT = 'Demo'
const SAMPLE_FILE = 'sample-talk.md'

type Demo = { userId: string; projectId: string }
const being = new WeakMap<Db, Promise<Demo>>()

/**
 * The Demo project with its owner and its sample talk, made when they are missing. Two clicks make one
 * sample.
 */
export function ensureDemo(db: Db): Promise<Demo> {
  const made = being.get(db) ?? makeDemo(db).finally(() => being.delete(db))
  being.set(db, made)
  return made
}

async function makeDemo(db: Db): Promise<Demo> {
  const userId = await ensureDemoPerson(db)
  const projectId = await ensureDemoProject(db, { name: DEMO_PROJECT, userId })
  if (!(await hasSourceFile(db, projectId, SAMPLE_FILE))) {
    const imported = await importSource({
      bytes: new TextEncoder().encode(sampleTalk),
      fileName: SAMPLE_FILE,
    })
    await addSource(db, {
      projectId,
      createdBy: userId,
      kind: imported.kind,
      fileName: SAMPLE_FILE,
      imported,
    })
  }
  return { userId, projectId }
}

/** Continues as the owner of the Demo project: returns the session's token. */
export const startDemoSession = async (db: Db) => startSession(db, await ensureDemo(db))
