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
    const to = Math.max(0, end - at)
    if (from >= text.length || to === 0) return []
    const head = from > 0 ? `… ${text.slice(text.indexOf(' ', from) + 1, to)}` : text.slice(0, to)
    const cut = to < text.length ? `${head.slice(0, head.lastIndexOf(' '))} …` : head
    return [{ text: cut, isHit, at }]
  })
}
