const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

/** A duration in milliseconds as a person says it, never too short: `15 minutes`. At least a second. */
export function inWords(ms: number): string {
  const [unit, unitMs] = UNITS.find(([, unitMs]) => ms >= unitMs) ?? UNITS.at(-1)!
  const count = Math.max(1, Math.ceil(ms / unitMs))
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
