import { describe, expect, test } from 'bun:test'
import { Value } from '@sinclair/typebox/value'
import fc from 'fast-check'
import { compareSections, SectionComparison } from '../../src/documents/prose-diff.ts'

describe('two versions, section by section', () => {
  const section = (id: string, markdown = `## ${id}\n\nText of ${id}.\n`) => ({
    id,
    heading: id.toUpperCase(),
    markdown,
  })
  const compare = async (before: string[], after: string[]) => {
    const sections = await compareSections(
      before.map((id) => section(id)),
      after.map((id) => section(id)),
    )
    return sections.map(({ id, status, moved }) => `${id} ${status}${moved ? ' moved' : ''}`)
  }

  test('tell what stayed, came, went and moved', async () => {
    expect(await compare(['a', 'b', 'c'], ['a', 'b', 'c'])).toEqual(['a same', 'b same', 'c same'])
    expect(await compare(['a', 'b', 'c', 'd'], ['d', 'a', 'x', 'c'])).toEqual([
      'd same moved',
      'a same',
      'b removed',
      'x added',
      'c same',
    ])
    expect(await compare(['a', 'b'], ['c'])).toEqual(['a removed', 'b removed', 'c added'])
    expect(await compare([], ['a'])).toEqual(['a added'])
  })

  test('show the hunks of what was edited, also when only the heading was', async () => {
    const [edited, renamed] = await compareSections(
      [section('a'), section('b')],
      [section('a', '## a\n\nText of a, edited.\n'), { ...section('b'), heading: 'New' }],
    )
    expect(edited!.status).toBe('edited')
    expect(edited!.hunks!.map((hunk) => hunk.type)).toEqual(['same', 'edited'])
    expect(renamed).toMatchObject({ heading: 'New', status: 'edited' })
  })

  test('name every section once and fit the API', async () => {
    const ids = fc.shuffledSubarray(['a', 'b', 'c', 'd', 'e', 'f'])
    await fc.assert(
      fc.asyncProperty(ids, ids, async (before, after) => {
        const result = await compareSections(
          before.map((id) => section(id)),
          after.map((id) => section(id)),
        )
        expect(result.map(({ id }) => id).sort()).toEqual([...new Set([...before, ...after])].sort())
        expect(result.filter(({ status }) => status !== 'removed').map(({ id }) => id)).toEqual(after)
        for (const one of result) expect(Value.Check(SectionComparison, one)).toBe(true)
        const steady = result.filter(({ status, moved }) => status === 'same' && !moved).map(({ id }) => id)
        expect(before.filter((id) => steady.includes(id))).toEqual(steady)
      }),
      { numRuns: 1_000 },
    )
  })
})
