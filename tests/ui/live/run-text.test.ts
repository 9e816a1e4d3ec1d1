import { afterAll, beforeAll, expect, test } from 'bun:test'
import { heardText, hearText, SECTIONS_HEARD_MAX } from '#src/ui/live/run-text.ts'

const { requestAnimationFrame } = globalThis
beforeAll(() => void Object.assign(globalThis, { requestAnimationFrame: () => 0 }))
afterAll(() => void Object.assign(globalThis, { requestAnimationFrame }))

const hear = (jobId: string, offset: number, text: string) => hearText({ jobId, attempt: 1, offset, text })

test('the text of so many sections is kept, and what is being written is never what goes', () => {
  hear('live', 0, 'a')
  for (let index = 0; index < 2 * SECTIONS_HEARD_MAX; index++) {
    hear(`job_${index}`, 0, 'Whole.')
    hear('live', index + 1, 'a')
  }
  expect(heardText('live')).toMatchObject({ whole: true, text: 'a'.repeat(2 * SECTIONS_HEARD_MAX + 1) })
  const kept = Array.from({ length: 2 * SECTIONS_HEARD_MAX }, (_, index) => heardText(`job_${index}`))
  expect(kept.filter(Boolean)).toHaveLength(SECTIONS_HEARD_MAX - 1)
  expect(heardText('job_0')).toBeUndefined()
})
