import { type RefObject, useEffect, useState } from 'react'
import { useShortcut } from '../../keyboard/shortcuts.ts'
import type { PostHeading } from './post-body.tsx'

const group = 'Document'
/** A heading this far under the top of the window is the one being read. */
const READING_LINE_PX = 120

/** The post's headings, the one being read marked; `[` and `]` go from one to the next. */
export function Outline({
  headings,
  text,
}: {
  headings: PostHeading[]
  text: RefObject<HTMLElement | null>
}) {
  const at = useReadHeading(headings, text)
  const step = (by: number) => goToHeading(headings[Math.max(0, Math.min(at + by, headings.length - 1))])
  useShortcut({ keys: ']', label: 'Next section', group }, () => step(1))
  useShortcut({ keys: '[', label: 'Previous section', group }, () => step(-1))
  if (headings.length === 0) return null
  return (
    <nav aria-label="Outline">
      <h2 className="side-title">Outline</h2>
      <ol className="outline">
        {headings.map((heading, index) => (
          <li key={heading.id} data-level={heading.level}>
            <a
              href={`#${heading.id}`}
              dir="auto"
              aria-current={index === at ? 'true' : undefined}
              onClick={(event) => {
                event.preventDefault()
                goToHeading(heading)
              }}
            >
              {heading.text}
            </a>
          </li>
        ))}
      </ol>
    </nav>
  )
}

/** Brings a heading to the top and gives it focus, so that reading and tabbing go on from there. */
export function goToHeading(heading: PostHeading | undefined) {
  const element = heading && document.getElementById(heading.id)
  if (!element) return
  element.scrollIntoView({ block: 'start' })
  element.focus({ preventScroll: true })
}

function useReadHeading(headings: PostHeading[], text: RefObject<HTMLElement | null>): number {
  const [at, setAt] = useState(-1)
  useEffect(() => {
    let frame = 0
    const measure = () => {
      frame = 0
      const elements = headings.map(({ id }) => text.current?.querySelector(`#${CSS.escape(id)}`))
      const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2
      const read = elements.findLastIndex(
        (element) => element && element.getBoundingClientRect().top < READING_LINE_PX,
      )
      setAt(atEnd && scrollY > 0 ? headings.length - 1 : read)
    }
    const onScroll = () => {
      frame ||= requestAnimationFrame(measure)
    }
    measure()
    addEventListener('scroll', onScroll, { passive: true })
    return () => {
      removeEventListener('scroll', onScroll)
      cancelAnimationFrame(frame)
    }
  }, [headings, text])
  return at
}
