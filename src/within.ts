/** Waits until a promise is settled, but no longer than this. Says whether it was; a failure counts as that. */
export async function within(ms: number, something: Promise<unknown>): Promise<boolean> {
  const { promise: tooLong, resolve } = Promise.withResolvers<false>()
  const timer = setTimeout(resolve, ms, false)
  const settled = something.then(
    () => true,
    () => true,
  )
  const inTime = await Promise.race([tooLong, settled])
  clearTimeout(timer)
  return inTime
}
