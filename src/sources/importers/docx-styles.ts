import type { MarkupHandler } from './markup-parser.ts'

const BASED_ON_MAX = 20
const BODY_TEXT_LEVEL = 9

/** What a paragraph style means for reading. Levels are 1 to 6. */
export type StyleMeaning = { level?: number; isTitle: boolean; isContents: boolean; isList: boolean }
export type Styles = (styleId: string) => StyleMeaning

type Style = { id: string; name: string; basedOn?: string; outline?: number; isList: boolean }

/**
 * Reads word/styles.xml. Style ids are in the language of whoever wrote the document ("berschrift1"), so a
 * heading is told by its outline level, its own or that of the style it is based on, and by the name, which
 * is English everywhere ("heading 1").
 */
export function stylesReader(): MarkupHandler & { finish(): Styles } {
  const styles = new Map<string, Style>()
  let style: Style | undefined
  return {
    open(name, attributes) {
      const value = attributes['w:val'] ?? ''
      if (name === 'w:style') style = { id: attributes['w:styleId'] ?? '', name: '', isList: false }
      else if (!style) return
      else if (name === 'w:name') style.name = value.toLowerCase()
      else if (name === 'w:basedOn') style.basedOn = value
      else if (name === 'w:outlineLvl') style.outline = Number(value)
      else if (name === 'w:numPr') style.isList = true
    },
    close(name) {
      if (name !== 'w:style' || !style) return
      styles.set(style.id, style)
      style = undefined
    },
    text() {},
    finish: () => (styleId) => meaningOf(styles, styleId),
  }
}

function meaningOf(styles: Map<string, Style>, styleId: string): StyleMeaning {
  const chain = ancestry(styles, styleId)
  const names = chain.length > 0 ? chain.map(({ name }) => name) : [styleId.toLowerCase()]
  const outline = chain.find((style) => style.outline !== undefined)?.outline
  return {
    level: levelOf(outline) ?? levelOf(numberInName(names)),
    isTitle: names[0] === 'title',
    isContents: /^toc ?(\d|heading)/.test(names[0]!),
    isList: chain.some(({ isList }) => isList),
  }
}

/** A style and those it is based on; a document may say that two are based on each other. */
function ancestry(styles: Map<string, Style>, styleId: string): Style[] {
  const chain: Style[] = []
  for (let next: string | undefined = styleId; next !== undefined && chain.length < BASED_ON_MAX; ) {
    const style = styles.get(next)
    if (style) chain.push(style)
    next = style?.basedOn
  }
  return chain
}

/** The outline levels of Word count from 0 to 8; 9 is body text. */
export function levelOf(outline?: number): number | undefined {
  if (outline === undefined || !(outline >= 0 && outline < BODY_TEXT_LEVEL)) return undefined
  return Math.min(6, Math.floor(outline) + 1)
}

function numberInName(names: string[]): number | undefined {
  const match = names.map((name) => /^heading ?([1-9])$/.exec(name)).find(Boolean)
  return match ? Number(match[1]) - 1 : undefined
}
