import { type Handler, Parser } from 'htmlparser2'
import { AppError, limitExceeded } from '#src/errors.ts'
import { MARKUP_DEPTH_MAX } from '#src/sources/limits.ts'

export type MarkupHandler = {
  open(name: string, attributes: Record<string, string>): void
  close(name: string): void
  text(text: string): void
}

/**
 * A streaming parser for HTML or XML that refuses what would make it slow: elements deeper than
 * MARKUP_DEPTH_MAX (closing one costs as many steps as are open) and, in XML, a DOCTYPE. Nothing outside
 * the text is ever fetched or expanded.
 */
export function markupParser(handler: MarkupHandler, options: { xmlMode: boolean }): Parser {
  let depth = 0
  const callbacks: Partial<Handler> = {
    onopentag(name, attributes) {
      depth++
      if (depth > MARKUP_DEPTH_MAX)
        throw limitExceeded(`The file has elements more than ${MARKUP_DEPTH_MAX} deep; that is the limit.`)
      handler.open(name, attributes)
    },
    onclosetag(name) {
      depth--
      handler.close(name)
    },
    ontext: handler.text,
    onprocessinginstruction(name) {
      if (options.xmlMode && name.toLowerCase() === '!doctype')
        throw new AppError('unreadable_file', 'The document declares a DOCTYPE, which no Word document has.')
    },
  }
  return new Parser(callbacks, { xmlMode: options.xmlMode, decodeEntities: true })
}
