import { decodeText } from '#src/sources/decode-text.ts'
import type { Importer } from '#src/sources/importer.ts'
import { readCaptionText } from './caption-text.ts'

export const vtt: Importer = {
  extensions: ['.vtt'],
  label: 'WebVTT captions',
  read: ({ bytes }) => readCaptionText(decodeText(bytes), { blankLinesInside: false }),
}
