import type { Analysis } from '#src/ai/offline/analysis.ts'

const POST_WORDS = 1_100
const POST_WORDS_MIN = 60
/** Unasked, a digest is at most this share of its source. */
const DIGEST_SHARE_MAX = 0.5
/** No section is asked for more than this share of its own material, while others have more. */
const SECTION_SHARE_MAX = 0.8
const SECTION_WORDS_MIN = 20
const SECTION_WORDS_MAX = 5_000
/** Longer material gets more room, but not in proportion: 0 would be the same for all, 1 in proportion. */
const SHARE_POWER = 0.7

/** How long a post is when nobody says. */
export function defaultPostWords(analysis: Analysis): number {
  return Math.max(POST_WORDS_MIN, Math.min(POST_WORDS, Math.round(analysis.words * DIGEST_SHARE_MAX)))
}

/** Divides a post's words between sections by how many usable words (`sizes`) each can draw on. */
export function shareWords(sizes: readonly number[], words: number): number[] {
  const shares = sizes.map(() => 0)
  const open = new Set(sizes.keys())
  let rest = words
  // Each round fills the sections that hold less than their share, and divides what they leave.
  for (let round = 0; round < sizes.length && open.size > 0; round++) {
    const total = [...open].reduce((sum, at) => sum + (sizes[at]! + 1) ** SHARE_POWER, 0)
    const share = (at: number) => (rest * (sizes[at]! + 1) ** SHARE_POWER) / total
    const full = [...open].filter((at) => share(at) > sizes[at]! * SECTION_SHARE_MAX)
    if (full.length === 0 || full.length === open.size) {
      for (const at of open) shares[at] = share(at)
      break
    }
    for (const at of full) {
      shares[at] = sizes[at]! * SECTION_SHARE_MAX
      open.delete(at)
    }
    for (const at of full) rest -= shares[at]!
  }
  return shares.map((share) => Math.max(SECTION_WORDS_MIN, Math.min(SECTION_WORDS_MAX, Math.round(share))))
}
