import { Fragment } from 'react'
import { Dialog } from '../components/dialog.tsx'
import { type Shortcut, setSingleKeys, useShortcuts, useSingleKeys } from '../keyboard/shortcuts.ts'
import { paletteKey } from './palette-key.ts'

const fixed: Shortcut[] = [{ keys: paletteKey, label: 'Search and commands', group: 'Everywhere' }]

/** The keys that work on the page it is opened over, and the switch that turns single keys off. */
export default function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const shortcuts = useShortcuts()
  const on = useSingleKeys()
  const groups = Map.groupBy([...shortcuts, ...fixed], (shortcut) => shortcut.group)
  return (
    <Dialog title="Shortcuts" onClose={onClose}>
      <div className="dialog-body">
        {[...groups].reverse().map(([group, members]) => (
          <section key={group} className="shortcuts">
            <h3>{group}</h3>
            <dl>
              {members.map(({ keys, label }) => (
                <Fragment key={keys}>
                  <dt>{label}</dt>
                  <dd>
                    {(keys === paletteKey ? [keys] : keys.split(' ')).map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dd>
                </Fragment>
              ))}
            </dl>
          </section>
        ))}
        <label className="check">
          <input type="checkbox" checked={on} onChange={(event) => setSingleKeys(event.target.checked)} />
          Single keys do something outside text fields
        </label>
      </div>
    </Dialog>
  )
}
