import { type ReactNode, useId } from 'react'

/** A part of a page with a name, an act beside it, and what it is about. */
export function Section({ title, act, children }: { title: string; act?: ReactNode; children: ReactNode }) {
  const id = useId()
  return (
    <section className="section" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {act}
      </header>
      {children}
    </section>
  )
}
