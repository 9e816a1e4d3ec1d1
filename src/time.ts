/** A position in a recording, `HH:MM:SS`, from milliseconds. */
export function clockTime(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}

/** ISO 8601 of a moment in integer milliseconds, or undefined where there is none. */
export function isoTime(ms: number): string
export function isoTime(ms: number | null): string | undefined
export function isoTime(ms: number | null): string | undefined {
  return ms === null ? undefined : new Date(ms).toISOString()
}
