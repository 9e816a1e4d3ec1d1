import { decodeText } from '#src/sources/decode-text.ts'
import type { Importer } from '#src/sources/importer.ts'
import { readCaptionText } from './caption-text.ts'

export const srt: Importer = {
  extensions: ['.srt'],
  label: 'SubRip captions',
  read: ({ bytes }) => readCaptionText(decodeText(bytes), { blankLinesInside: true }),
}
