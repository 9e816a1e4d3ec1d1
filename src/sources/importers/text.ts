import { decodeText } from '#src/sources/decode-text.ts'
import type { Importer } from '#src/sources/importer.ts'
import { splitPassages } from '#src/sources/passages.ts'
import { storableText } from '#src/sources/storable-text.ts'
import { titledByFirstLine } from '#src/sources/title-line.ts'

export const text: Importer = {
  extensions: ['.txt'],
  label: 'Plain text',
  async read({ bytes }) {
    const stored = storableText(decodeText(bytes))
    return titledByFirstLine({ text: stored, passages: await splitPassages(stored) })
  },
}
