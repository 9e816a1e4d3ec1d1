import { type ReactNode, useEffect } from 'react'

const NAME = 'Quill'

/** A page: one title, one primary act at its top right, its content on a measure. */
export function Page({
  title,
  act,
  width = 'page',
  children,
}: {
  title: string
  act?: ReactNode
  width?: 'page' | 'form' | 'wide'
  children: ReactNode
}) {
  useTabTitle(title)
  return (
    <div className="page" data-width={width}>
      <header className="page-head">
        <h1>{title}</h1>
        {act && <div className="acts">{act}</div>}
      </header>
      {children}
    </div>
  )
}

/** The title of the browser's tab. */
export function useTabTitle(title: string) {
  useEffect(() => {
    document.title = `${title} · ${NAME}`
  }, [title])
}
