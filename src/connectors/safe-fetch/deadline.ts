import { AppError } from '#src/errors.ts'

export type Deadline = {
  /** Aborted with the failure to report (the time is over, or the caller's reason), or when all is done. */
  signal: AbortSignal
  /** The work's result, or the signal's reason as soon as it is aborted. */
  race<T>(work: Promise<T>): Promise<T>
  /** Nothing is left to wait for: stops the clock and closes what the signal holds open. */
  end(): void
}

/** Starts the clock of a request. Throws the reason of its signal when that is aborted already. */
export function startDeadline(timeoutMs: number, { url, signal }: Request): Deadline {
  signal.throwIfAborted()
  const controller = new AbortController()
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => {})
  const fail = (reason: unknown) => {
    failed.reject(reason)
    controller.abort(reason)
  }
  const onAbort = () => fail(signal.reason)
  signal.addEventListener('abort', onAbort)
  const timer = setTimeout(() => fail(tookTooLong(url, timeoutMs)), timeoutMs)
  return {
    signal: controller.signal,
    race: (work) => Promise.race([work, failed.promise]),
    end() {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      controller.abort()
    },
  }
}

const tookTooLong = (url: string, timeoutMs: number) =>
  new AppError(
    'address_unreachable',
    `${new URL(url).hostname} took longer than ${timeoutMs / 1000} seconds; that is the limit.`,
  )
