import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react'
import { Icon, type IconName } from './icons.tsx'
import { placeNear } from './place-near.ts'

export type MenuItem = {
  label: string
  hint?: string
  icon?: IconName
  danger?: boolean
  checked?: boolean
  run: () => void
}

/** A button that opens a list of acts (ARIA APG, menu button). `icon` without `children` needs a `label`. */
export function Menu({
  label,
  icon,
  look = 'plain',
  children,
  items,
}: {
  label?: string
  icon?: IconName
  look?: 'plain' | 'primary' | 'quiet'
  children?: ReactNode
  items: MenuItem[]
}) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const menu = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState(false)

  const show = () => {
    menu.current!.showPopover()
    placeNear(menu.current!, button.current!.getBoundingClientRect(), 'end')
    itemsIn(menu.current!)[0]?.focus()
  }
  const choose = (item: MenuItem) => {
    menu.current!.hidePopover()
    button.current!.focus()
    item.run()
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        className="button"
        data-look={look}
        data-icon={children ? undefined : ''}
        title={children ? undefined : label}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={id}
        onPointerDown={(event) => open && event.preventDefault()}
        onClick={() => (open ? menu.current!.hidePopover() : show())}
      >
        {icon && <Icon name={icon} />}
        {children}
        {children && <Icon name="down" />}
      </button>
      <div
        ref={menu}
        id={id}
        className="menu"
        popover="auto"
        role="menu"
        tabIndex={-1}
        aria-label={label ?? 'Acts'}
        onToggle={(event) => setOpen(event.newState === 'open')}
        onKeyDown={(event) => moveFocus(event, menu.current!, button.current!)}
      >
        {items.map((item) => (
          <Item key={item.label} item={item} choose={() => choose(item)} />
        ))}
      </div>
    </>
  )
}

function Item({ item, choose }: { item: MenuItem; choose: () => void }) {
  const { label, hint, icon, danger, checked } = item
  const role =
    checked === undefined ? { role: 'menuitem' } : { role: 'menuitemradio', 'aria-checked': checked }
  return (
    <button type="button" {...role} tabIndex={-1} data-danger={danger || undefined} onClick={choose}>
      {icon && <Icon name={icon} />}
      {checked !== undefined && <span className="tick">{checked && <Icon name="check" />}</span>}
      <span className="grow">{label}</span>
      {hint && <span className="muted">{hint}</span>}
    </button>
  )
}

const itemsIn = (menu: HTMLElement) => [...menu.querySelectorAll<HTMLElement>('[role^=menuitem]')]

function moveFocus(event: KeyboardEvent, menu: HTMLElement, button: HTMLElement) {
  const items = itemsIn(menu)
  const at = items.indexOf(document.activeElement as HTMLElement)
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key]
  if (next !== undefined) {
    event.preventDefault()
    items[(next + items.length) % items.length]?.focus()
  } else if (event.key === 'Tab' || event.key === 'Escape') {
    event.preventDefault()
    menu.hidePopover()
    button.focus()
  }
}
