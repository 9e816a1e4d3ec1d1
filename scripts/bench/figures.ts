/** One measured value. `ratio` is value / baseline, both of the same run on the same machine. */
export type Figure = { name: string; value: number; unit: string; baseline?: number; ratio?: number }

/** A figure beside its baseline. */
export const compared = (
  name: string,
  value: number,
  { baseline, unit }: { baseline: number; unit: string },
): Figure => ({
  name,
  value: round(value),
  unit,
  baseline: round(baseline),
  ratio: round(value / baseline),
})

export const figure = (name: string, value: number, unit: string): Figure => ({
  name,
  value: round(value),
  unit,
})

/** Prints the figures as a table, or as JSON with `--json`. */
export function printFigures(figures: Figure[]) {
  if (process.argv.includes('--json')) console.log(JSON.stringify(figures, null, 2))
  else console.table(Object.fromEntries(figures.map(({ name, ...rest }) => [name, rest])))
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}

export function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
}

const round = (value: number) => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)))
