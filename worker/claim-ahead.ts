/** A worker holds no more work than it gets done in about this time … */
const AHEAD_MS = 5
/** … and never more jobs than this. */
const AHEAD_MAX = 256
/** How much the latest job counts in the average. */
const WEIGHT = 0.1

/**
 * How many jobs to claim beyond those that can be started at once. A claim costs a commit, so that quick jobs are
 * claimed by the hundred; a slow one is claimed when there is a hand for it, and left to other workers until then.
 */
export function claimAhead(concurrency: number) {
  let averageMs = Number.POSITIVE_INFINITY
  return {
    count: () => Math.min(AHEAD_MAX, Math.floor((AHEAD_MS * concurrency) / Math.max(averageMs, 0.001))),
    took(ms: number) {
      averageMs = Number.isFinite(averageMs) ? averageMs + WEIGHT * (ms - averageMs) : ms
    },
    /** What was claimed ahead had to be handed back: begin anew. */
    reset() {
      averageMs = Number.POSITIVE_INFINITY
    },
  }
}
