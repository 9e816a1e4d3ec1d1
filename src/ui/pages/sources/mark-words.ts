const EXCERPT_CHARS = 320

type Piece = { text: string; isHit: boolean; at: number }

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

/** The part of a text around the first word that was searched for, cut into pieces, with those words marked. */
export function markWords(text: string, query: string): Piece[] {
  const wanted = [...segmenter.segment(query.toLowerCase())]
    .filter((word) => word.isWordLike)
    .map((word) => word.segment)
  const isWanted = (word: string) =>
    wanted.some((each) => word.startsWith(each) || (each.startsWith(word) && word.length > 3))
  const pieces: Piece[] = []
  for (const { segment, index, isWordLike } of segmenter.segment(text)) {
    const isHit = isWordLike === true && isWanted(segment.toLowerCase())
    const last = pieces.at(-1)
    if (last && !last.isHit && !isHit) last.text += segment
    else pieces.push({ text: segment, isHit, at: index })
  }
  return excerpt(pieces)
}

function excerpt(pieces: Piece[]): Piece[] {
  const first = pieces.find((piece) => piece.isHit)?.at ?? 0
  const start = Math.max(0, first - EXCERPT_CHARS / 3)
  const end = start + EXCERPT_CHARS
  return pieces.flatMap(({ text, isHit, at }) => {
    const from = Math.max(0, start - at)
    const cut = text.slice(from, Math.max(0, end - at))
    if (!cut) return []
    const before = from > 0 ? '… ' : ''
    const after = at + text.length > end ? ' …' : ''
    return [{ text: before + cut + after, isHit, at }]
  })
}
