import { Icon, type IconName } from './icons.tsx'
import { NextAttempt } from './next-attempt.tsx'
import { Elapsed } from './time.tsx'

export type StepState = 'waiting' | 'active' | 'retrying' | 'done' | 'failed' | 'stopped' | 'unreached'

/** Why an attempt failed, in a few words and in those of the failure, and when the next one comes. */
export type NextTry = { reason: string; message?: string; attempt: number; at?: string }

export type Step = {
  name: string
  label: string
  state: StepState
  detail?: string
  /** Of what failed and is tried again. */
  next?: NextTry
  /** Of what is tried again at this moment. */
  attempt?: number
  from?: string
  to?: string
}

const signs: Record<StepState, { icon: IconName; word: string }> = {
  waiting: { icon: 'circle', word: 'waiting' },
  active: { icon: 'circle', word: 'running' },
  retrying: { icon: 'restore', word: 'failed, is tried again' },
  done: { icon: 'check', word: 'done' },
  failed: { icon: 'warning', word: 'failed' },
  stopped: { icon: 'stop', word: 'stopped' },
  unreached: { icon: 'circle', word: 'not begun' },
}

/** The steps of a piece of work, each with its state, how far it is and how long it took. */
export const StepList = ({ steps }: { steps: Step[] }) => (
  <ol className="steps">
    {steps.map((step) => (
      <li key={step.name} data-state={step.state} aria-current={isNow(step) ? 'step' : undefined}>
        <Icon name={signs[step.state].icon} />
        <span className="grow">
          {step.label}
          <span className="visually-hidden">, {signs[step.state].word}</span>
        </span>
        <span className="muted figure">
          {step.detail} <Elapsed from={step.from} to={step.to} />
        </span>
        {step.attempt && <p className="muted">Attempt {step.attempt}</p>}
        {step.next && <NextTryNote next={step.next} />}
      </li>
    ))}
  </ol>
)

/** That something failed and is tried again, with its own words on hover. */
export const NextTryNote = ({ next: { reason, message, attempt, at } }: { next: NextTry }) => (
  <p className="muted" title={message}>
    {reason}; <NextAttempt at={at} attempt={attempt} />
  </p>
)

const isNow = ({ state }: Step) => state === 'active' || state === 'retrying'
