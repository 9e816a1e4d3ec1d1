import { useQuery } from '@tanstack/react-query'
import { type Job, jobOutputQuery } from '../../api/runs.ts'
import { NextTryNote } from '../../components/step-list.tsx'
import { useHeardText } from '../../live/run-text.ts'
import { InlineMarkdown } from './inline-markdown.tsx'
import { isTriedAgain, nextTry } from './run-progress.ts'

type Props = {
  heading: string
  job: Job | undefined
  /** Whether its run has ended: what is not written by now will not be. */
  isOver: boolean
}

/** One section while it is being written: what was heard of it, or what its finished job made. */
export function LiveSection({ heading, job, isOver }: Props) {
  const heard = useHeardText(job?.id)
  const finished = job?.state === 'succeeded'
  const output = useQuery({ ...jobOutputQuery(job?.id ?? ''), enabled: finished && !heard?.whole })
  const made = (output.data as { markdown?: string } | null | undefined)?.markdown
  const text = made ?? heard?.text ?? ''
  const missed = !made && heard !== undefined && !heard.whole
  return (
    <section className="live-section" data-state={finished ? 'done' : text ? 'writing' : 'waiting'}>
      <h2 dir="auto">{heading}</h2>
      {job && isTriedAgain(job) && !isOver ? (
        <NextTryNote next={nextTry(job)} />
      ) : (
        text === '' &&
        !finished && (
          <p className="live-wait">
            {isOver ? 'Not written' : job?.state === 'running' ? 'Writing…' : 'Waiting'}
          </p>
        )
      )}
      {missed && (
        <p className="live-wait">The beginning was not heard here; it appears when the section is done.</p>
      )}
      {text
        .split(/\n{2,}/)
        .filter((block) => block.trim())
        .map((block, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: text only grows at its end
          <p key={index} dir="auto">
            <InlineMarkdown text={block} />
          </p>
        ))}
    </section>
  )
}
