import { expect, test } from 'bun:test'
import { mutants, nothingPlanted } from './mutants.ts'
import { edited } from './tree.ts'

const transpiler = new Bun.Transpiler({ loader: 'ts' })

test('every planted defect finds its place in the product, and what it makes of it can be read', () => {
  for (const { edits } of [...mutants, nothingPlanted]) {
    expect(edits).not.toBeEmpty()
    for (const text of edited(edits).values()) transpiler.transformSync(text)
  }
})
