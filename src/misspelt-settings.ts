/** Shorter names are like others by chance: HOME is two letters from HOST. */
const LONG_NAME_CHARS = 8

/**
 * One line for each variable of the environment that is no setting but reads like one that was not set: a letter more,
 * less, other or swapped, two of them in a long name. It says names alone, never what they hold.
 */
export function misspeltSettings(
  source: Record<string, string | undefined>,
  known: readonly string[],
): string[] {
  const unset = known.filter((name) => !source[name]?.trim())
  const settings = new Set(known)
  return Object.keys(source).flatMap((name) => {
    if (settings.has(name) || !/^[A-Z][A-Z0-9_]*$/.test(name)) return []
    const meant = unset.find((setting) => isLike(name, setting))
    return meant ? [`${name} is no setting of Quill and does nothing. Is ${meant} meant?`] : []
  })
}

function isLike(name: string, setting: string): boolean {
  const most = setting.length < LONG_NAME_CHARS ? 1 : 2
  return Math.abs(name.length - setting.length) <= most && distance(name, setting) <= most
}

/** How many letters to add, leave out, change or swap with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, index) => index)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(Math.min(changed, last[j]! + 1, row[j - 1]! + 1, isSwap ? before[j - 2]! + 1 : changed))
    }
    ;[before, last] = [last, row]
  }
  return last.at(-1)!
}
