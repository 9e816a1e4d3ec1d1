import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { kindDefaults } from '#src/jobs/kinds.ts'
import { laneReader } from '#src/queue/ready.ts'
import { addJobs, openDatabase } from './queued.ts'

const READ_MAX = 5

// Where the order of bytes and that of UTF-16 units differ: behind U+FFFF, and behind U+D7FF.
const character = fc.constantFrom(
  'a',
  'z',
  '~',
  'ß',
  '\u{d7ff}',
  '\u{e000}',
  '\u{fffd}',
  '\u{ffff}',
  '😀',
  '𐀀',
)
const key = fc.string({ unit: character, maxLength: 3 })
const kinds = { site: { ...kindDefaults, key: (input: unknown) => String(input) } }

test('whatever sites are called, reading on from lane to lane meets each of them once, and then goes round', async () => {
  const lanes = fc.uniqueArray(fc.tuple(fc.constantFrom('prj_a', 'prj_b'), key), {
    minLength: 1,
    maxLength: 25,
    selector: (lane) => lane.join(),
  })
  await fc.assert(
    fc.asyncProperty(lanes, fc.nat(24), async (all, start) => {
      const { db, close } = await openDatabase()
      for (const [projectId, input] of all) await addJobs(db, 1, { kind: 'site', projectId, input }, kinds)
      const lanesAfter = laneReader(db, READ_MAX)
      const inOrder = all
        .map(([projectId, input]) => ({ projectId, lane: `site:${input}` }))
        .toSorted(byBytes)
      let place: Place = inOrder[start % all.length]!
      for (let reads = 0; reads < 8; reads++) {
        const split = inOrder.findIndex((lane) => byBytes(lane, place) > 0)
        const expected = split < 0 ? inOrder : [...inOrder.slice(split), ...inOrder.slice(0, split)]
        const read = (await lanesAfter(place)).map(({ projectId, lane }) => ({ projectId, lane }))
        expect(read).toEqual(expected.slice(0, READ_MAX))
        place = read.at(-1)!
      }
      close()
    }),
    { numRuns: 60, seed: 20_261_122 },
  )
})

type Place = { projectId: string; lane: string }

const byBytes = (a: Place, b: Place): number =>
  Buffer.compare(Buffer.from(a.projectId), Buffer.from(b.projectId)) ||
  Buffer.compare(Buffer.from(a.lane), Buffer.from(b.lane))
