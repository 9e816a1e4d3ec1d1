import { CELLS } from './window.ts'

/**
 * Counts of a sliding window, a row for each subject: how many were taken in each of its parts, and in all.
 * Rows are read and written after `advance` has brought them to the part that runs.
 */
export function createWindowCounts(rows: number) {
  const cells = new Uint32Array(rows * CELLS)
  const sums = new Uint32Array(rows)
  const newest = new Float64Array(rows)
  const cellOf = (row: number, part: number) => row * CELLS + (part % CELLS)

  return {
    sum: (row: number) => sums[row]!,

    /** Forgets the parts that the window has left behind. Time that runs backwards changes nothing. */
    advance(row: number, part: number) {
      const begun = Math.min(part - newest[row]!, CELLS)
      if (begun <= 0) return
      newest[row] = part
      for (let back = 0; back < begun; back++) {
        const cell = cellOf(row, part - back)
        sums[row]! -= cells[cell]!
        cells[cell] = 0
      }
    },

    /** Counts one in the part that runs. */
    add(row: number) {
      cells[cellOf(row, newest[row]!)]!++
      sums[row]!++
    },

    /** The oldest part in which something was taken; the one that runs where nothing was. */
    oldest(row: number): number {
      const last = newest[row]!
      for (let part = Math.max(0, last - CELLS + 1); part < last; part++)
        if (cells[cellOf(row, part)]) return part
      return last
    },

    copy(from: number, to: number) {
      cells.copyWithin(to * CELLS, from * CELLS, (from + 1) * CELLS)
      sums[to] = sums[from]!
      newest[to] = newest[from]!
    },

    /** Lifts each count of `row` to that of `other`, where it is lower, after both were advanced alike. */
    raise(row: number, other: number) {
      for (let cell = 0; cell < CELLS; cell++) {
        const missing = cells[other * CELLS + cell]! - cells[row * CELLS + cell]!
        if (missing <= 0) continue
        cells[row * CELLS + cell]! += missing
        sums[row]! += missing
      }
    },
  }
}
