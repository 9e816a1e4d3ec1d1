import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Edit } from './mutants.ts'

const ROOT = join(import.meta.dir, '..', '..')
const ROOMS = ['src', 'worker', 'db', 'docs', 'package.json', 'tsconfig.json']

export type Tree = Disposable & { path(file: string): string }

/**
 * A copy of the product with some of its text replaced; its dependencies are shared. What is tested cannot change
 * while it runs. Throws when an edit does not find what it replaces.
 */
export function copyTree(edits: readonly Edit[] = []): Tree {
  const folder = mkdtempSync(join(tmpdir(), 'quill-chaos-tree-'))
  const tree = {
    path: (file: string) => join(folder, file),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
  try {
    for (const room of ROOMS) cpSync(join(ROOT, room), tree.path(room), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), tree.path('node_modules'))
    for (const [file, text] of edited(edits)) writeFileSync(tree.path(file), text)
    return tree
  } catch (error) {
    tree[Symbol.dispose]()
    throw error
  }
}

/** The files that change, with their new text. Throws when an edit does not find what it replaces. */
export function edited(edits: readonly Edit[]): Map<string, string> {
  const texts = new Map<string, string>()
  for (const { file, from, to } of edits) {
    const text = texts.get(file) ?? readFileSync(join(ROOT, file), 'utf8')
    if (text.split(from).length !== 2) throw new Error(`${file} does not hold this once: ${from}`)
    texts.set(
      file,
      text.replace(from, () => to),
    )
  }
  return texts
}
