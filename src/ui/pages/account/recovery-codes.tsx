import { useEffect, useRef } from 'react'
import { Button } from '../../components/button.tsx'
import { CopyButton } from './copy-button.tsx'

const FILE = 'quill-recovery-codes.txt'

/** Recovery codes, this once. */
export function RecoveryCodes({ codes, onSaved }: { codes: string[]; onSaved: () => void }) {
  const box = useRef<HTMLDivElement>(null)
  const text = `${codes.join('\n')}\n`
  useEffect(() => box.current!.focus(), [])
  return (
    <div className="shown-once" ref={box} tabIndex={-1}>
      <p>
        <b>Two-factor sign-in is on.</b> Keep these recovery codes where you find them without your phone.
        Each lets you in once in the place of a code. They are shown this once.
      </p>
      <ul className="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="acts">
        <CopyButton text={text} label="Copy" />
        <Button icon="download" onClick={() => saveText(text, FILE)}>
          Download
        </Button>
        <Button look="primary" onClick={onSaved}>
          I saved them
        </Button>
      </div>
    </div>
  )
}

function saveText(text: string, fileName: string) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const link = Object.assign(document.createElement('a'), { href: url, download: fileName })
  link.click()
  URL.revokeObjectURL(url)
}
