import { describeLength, useNow } from './time.tsx'

/** When something that failed is tried again, counted down to the moment. */
export function NextAttempt({ at, attempt }: { at: string | undefined; attempt: number }) {
  const now = useNow(at ? 1_000 : undefined)
  const seconds = at ? Math.ceil((Date.parse(at) - now) / 1_000) : 0
  // In whole seconds: what counts down need not show tenths.
  const when = seconds > 0 ? `in ${seconds < 10 ? `${seconds} s` : describeLength(seconds * 1_000)}` : 'now'
  return (
    <>
      tried again {when} (attempt {attempt})
    </>
  )
}
