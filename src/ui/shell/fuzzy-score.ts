/**
 * How well a query fits a label: 0 when its letters do not stand in it in this order, more when they begin
 * words and stand together. Linear in the label.
 */
export function fuzzyScore(label: string, query: string): number {
  const text = label.toLowerCase()
  const letters = query.toLowerCase().replace(/\s+/g, '')
  const whole = text.indexOf(query.toLowerCase().trim())
  let score = whole === 0 ? 40 : whole > 0 ? 20 : 0
  let at = -1
  for (const letter of letters) {
    const next = text.indexOf(letter, at + 1)
    if (next < 0) return 0
    if (next === at + 1) score += 3
    else if (next === 0 || text[next - 1] === ' ') score += 2
    else score += 1
    at = next
  }
  return score / (1 + text.length / 200)
}
