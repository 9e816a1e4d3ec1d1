import { expect, test } from 'bun:test'
import { desc, eq } from 'drizzle-orm'
import { auditLog } from '#db/schema/audit.ts'
import { projects } from '#db/schema/projects.ts'
import { operatorProject } from '#src/projects/operator-project.ts'
import { type TestApp, testApp } from '../harness.ts'

const create = async (app: TestApp, owner: string, name: string): Promise<string> => {
  const as = await app.person(owner)
  return (await app.call('POST', '/api/v1/projects', { as, body: { name } })).body.id
}

/** What somebody at the command line hears. */
const refusal = (app: TestApp, text: string): Promise<string> =>
  operatorProject(app.db, text).then(
    () => 'none',
    ({ kind, message }) => `${kind}: ${message}`,
  )

test('a project that the command line made is found again by its name until somebody joins it', async () => {
  await using app = await testApp()
  const made = await operatorProject(app.db, 'Blog')
  const [entry] = await app.db.select().from(auditLog).orderBy(desc(auditLog.id))
  expect(entry).toMatchObject({
    action: 'project.created',
    projectId: made.id,
    target: made.id,
    principalKind: 'command_line',
    userId: null,
    details: { name: 'Blog' },
  })
  expect(await operatorProject(app.db, 'Blog')).toEqual(made)
  expect(await operatorProject(app.db, made.id)).toEqual({ id: made.id, name: 'Blog' })
  await app.person('Olga', { role: 'owner', projectId: made.id })
  expect(await refusal(app, 'Blog')).toMatch(new RegExp(`^conflict: .*\n  ${made.id}  olga@example.com$`))
  expect(await operatorProject(app.db, made.id)).toEqual({ id: made.id, name: 'Blog' })
  expect(await app.db.$count(auditLog)).toBe(1)
})

test('whoever takes a name beforehand gets neither the invitation nor the key that is meant for another', async () => {
  await using app = await testApp()
  const one = await create(app, 'Eve', 'Blog')
  const two = await create(app, 'Mallory', 'Blog')
  const heard = await refusal(app, 'Blog')
  for (const part of [`${one}  eve@example.com`, `${two}  mallory@example.com`]) expect(heard).toContain(part)
  expect(await app.db.$count(projects, eq(projects.name, 'Blog'))).toBe(2)
})

test('an archived project is none of a name, and an id must be that of a project which is not archived', async () => {
  await using app = await testApp()
  const id = await create(app, 'Eve', 'Blog')
  await app.db.update(projects).set({ archivedAt: Date.now() }).where(eq(projects.id, id))
  expect(await refusal(app, id)).toStartWith('conflict: ')
  expect(await refusal(app, 'prj_01h455vb4pex5vsknk084sn02q')).toStartWith('not_found: ')
  expect((await operatorProject(app.db, 'Blog')).id).not.toBe(id)
})

test('commands that name the same new project at once make one', async () => {
  await using app = await testApp()
  const found = await Promise.all(Array.from({ length: 20 }, () => operatorProject(app.db, 'Blog')))
  expect(new Set(found.map(({ id }) => id)).size).toBe(1)
  expect(await app.db.$count(auditLog)).toBe(1)
})
