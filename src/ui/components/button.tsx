import type { ComponentProps, ReactNode } from 'react'
import { Link } from 'wouter'
import { Icon, type IconName } from './icons.tsx'

type Look = 'plain' | 'primary' | 'quiet' | 'danger'
type Shape = { look?: Look; icon?: IconName; children?: ReactNode }

/** An act. While `pending` it shows that it is being done and cannot be done twice. */
export function Button({
  look = 'plain',
  icon,
  pending,
  children,
  ...props
}: Shape & { pending?: boolean } & Omit<ComponentProps<'button'>, 'className'>) {
  return (
    <button
      type="button"
      {...props}
      className="button"
      data-look={look}
      aria-busy={pending || undefined}
      onClick={pending ? undefined : props.onClick}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

/** A picture alone; `label` is its name, shown on hover. */
export const IconButton = ({
  icon,
  label,
  ...props
}: { icon: IconName; label: string } & Omit<ComponentProps<'button'>, 'className'>) => (
  <button
    type="button"
    title={label}
    aria-label={label}
    {...props}
    className="button"
    data-look="quiet"
    data-icon=""
  >
    <Icon name={icon} />
  </button>
)

/** A way to another page that looks like an act. */
export const ButtonLink = ({ look = 'plain', icon, children, href }: Shape & { href: string }) => (
  <Link href={href} className="button" data-look={look}>
    {icon && <Icon name={icon} />}
    {children}
  </Link>
)
