import type { Db } from '#db/connect.ts'
import { addSource } from '#src/sources/add-source.ts'
import { importSource } from '#src/sources/registry.ts'
import { hasSourceFile } from '#src/sources/sources.ts'
import { permissionNames } from './permissions.ts'
import { ensureProject } from './projects.ts'
import sampleTalk from './sample-talk.md' with { type: 'text' }
import { startSession } from './sessions.ts'

export const DEMO_PROJECT = 'Demo'
const SAMPLE_FILE = 'sample-talk.md'

const being = new WeakMap<Db, Promise<string>>()

/** The Demo project with its sample talk, made when it is missing; returns its id. Two clicks make one sample. */
export function ensureDemo(db: Db): Promise<string> {
  const made = being.get(db) ?? makeDemo(db).finally(() => being.delete(db))
  being.set(db, made)
  return made
}

async function makeDemo(db: Db): Promise<string> {
  const projectId = await ensureProject(db, DEMO_PROJECT)
  if (await hasSourceFile(db, projectId, SAMPLE_FILE)) return projectId
  const imported = await importSource({ bytes: new TextEncoder().encode(sampleTalk), fileName: SAMPLE_FILE })
  await addSource(db, { projectId, createdBy: 'quill', kind: imported.kind, fileName: SAMPLE_FILE, imported })
  return projectId
}

/** Continues as the owner of the Demo project: returns the session's token. */
export const startDemoSession = async (db: Db) =>
  startSession(db, { projectId: await ensureDemo(db), scopes: permissionNames })
