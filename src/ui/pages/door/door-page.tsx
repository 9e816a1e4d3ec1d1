import { type ReactNode, useEffect, useRef } from 'react'
import { Icon } from '../../components/icons.tsx'
import { useTabTitle } from '../../components/page.tsx'

/** A page that is shown without the house around it: one title, one thing to do. `title` is where reading begins. */
export function DoorPage({ title, children }: { title: string; children: ReactNode }) {
  const main = useRef<HTMLElement>(null)
  useTabTitle(title)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another title is another page
  useEffect(() => {
    const first = main.current!.querySelector<HTMLElement>('[data-first]') ?? main.current!
    first.focus({ preventScroll: true })
  }, [title])
  return (
    <main className="door" ref={main} tabIndex={-1}>
      <Icon name="quill" />
      <h1>{title}</h1>
      {children}
    </main>
  )
}
