import type { ReactNode } from 'react'

type Marks = { strong: boolean; em: boolean; code: boolean }

const MARKER_CHARS_MAX = 40

/**
 * A line of Markdown as text, with its emphasis and its citation markers and nothing else: for text that is
 * still being written and for comparisons, where half a construct may stand. One pass; no HTML is made.
 */
export function InlineMarkdown({ text, markers = true }: { text: string; markers?: boolean }) {
  const nodes: ReactNode[] = []
  const marks: Marks = { strong: false, em: false, code: false }
  let run = ''
  const flush = () => {
    if (run) nodes.push(dress(run, marks, nodes.length))
    run = ''
  }
  const toggle = (mark: keyof Marks) => {
    flush()
    marks[mark] = !marks[mark]
  }
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!
    const close = text.startsWith('[^', at) ? text.indexOf(']', at) : -1
    if (letter === '\\' && /[!-/:-@[-`{-~]/.test(text[at + 1] ?? '')) run += text[++at]
    else if (letter === '`') toggle('code')
    else if (marks.code) run += letter
    else if (close > 0 && close - at <= MARKER_CHARS_MAX) {
      flush()
      if (markers) nodes.push(<sup key={nodes.length}>{text.slice(at + 2, close)}</sup>)
      at = close
    } else if (text.startsWith('**', at)) {
      toggle('strong')
      at++
    } else if (letter === '*' && /\S/.test((text[at - 1] ?? '') + (text[at + 1] ?? ''))) toggle('em')
    else run += letter
  }
  flush()
  return <>{nodes}</>
}

function dress(text: string, { strong, em, code }: Marks, key: number): ReactNode {
  if (code) return <code key={key}>{text}</code>
  if (strong) return <strong key={key}>{text}</strong>
  if (em) return <em key={key}>{text}</em>
  return text
}
