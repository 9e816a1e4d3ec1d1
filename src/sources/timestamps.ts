/** A position in a recording, as a pattern: `1:23`, `01:23`, `75:30`, `1:02:03`, with `.5` or `,500`. */
export const TIME = String.raw`(?:\d{1,4}:)?\d{1,3}:\d{1,2}(?:[.,]\d{1,3})?`

const PARTS = /^(?:(\d{1,4}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,3}))?$/

/** Milliseconds of a time written as TIME says, or undefined when its minutes or seconds cannot be. */
export function parseTime(time: string): number | undefined {
  const parts = PARTS.exec(time)
  if (!parts) return undefined
  const [, hours, minutes, seconds, fraction = ''] = parts
  if (Number(seconds) > 59 || (hours !== undefined && Number(minutes) > 59)) return undefined
  const whole = (Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(seconds)
  return whole * 1000 + Number(fraction.padEnd(3, '0'))
}
