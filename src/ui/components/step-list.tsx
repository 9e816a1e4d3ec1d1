import { Icon, type IconName } from './icons.tsx'
import { Elapsed } from './time.tsx'

export type StepState = 'waiting' | 'active' | 'done' | 'failed' | 'stopped'
export type Step = {
  name: string
  label: string
  state: StepState
  detail?: string
  from?: string
  to?: string
}

const signs: Record<StepState, { icon: IconName; word: string }> = {
  waiting: { icon: 'circle', word: 'waiting' },
  active: { icon: 'circle', word: 'running' },
  done: { icon: 'check', word: 'done' },
  failed: { icon: 'warning', word: 'failed' },
  stopped: { icon: 'stop', word: 'stopped' },
}

/** The steps of a piece of work, each with its state, how far it is and how long it took. */
export const StepList = ({ steps }: { steps: Step[] }) => (
  <ol className="steps">
    {steps.map((step) => (
      <li key={step.name} data-state={step.state} aria-current={step.state === 'active' ? 'step' : undefined}>
        <Icon name={signs[step.state].icon} />
        <span className="grow">
          {step.label}
          <span className="visually-hidden">, {signs[step.state].word}</span>
        </span>
        <span className="muted figure">
          {step.detail} <Elapsed from={step.from} to={step.to} />
        </span>
      </li>
    ))}
  </ol>
)
