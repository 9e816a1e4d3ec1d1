import type { ReactNode } from 'react'
import { Icon, type IconName } from './icons.tsx'

export type Tone = 'neutral' | 'active' | 'good' | 'bad' | 'warning'

const icons: Record<Tone, IconName | undefined> = {
  neutral: undefined,
  active: 'circle',
  good: 'check',
  bad: 'warning',
  warning: 'warning',
}

/** A state in a word, with a sign beside its colour. */
export const Badge = ({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) => (
  <span className="badge" data-tone={tone}>
    {icons[tone] && <Icon name={icons[tone]} />}
    {children}
  </span>
)
