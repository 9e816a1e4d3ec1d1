import { useRef } from 'react'
import { Button } from './button.tsx'

/** A button that asks for files. */
export function FileButton({
  label,
  look,
  accept,
  onFiles,
}: {
  label: string
  look?: 'primary'
  accept: string
  onFiles: (files: File[]) => void
}) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button icon="upload" look={look} onClick={() => input.current!.click()}>
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={accept}
        aria-label={label}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
    </>
  )
}
