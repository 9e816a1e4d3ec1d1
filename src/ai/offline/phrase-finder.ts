const WORD = /[\p{L}\p{N}]+/gu
const WORD_SIGN = /[\p{L}\p{N}]/u

/**
 * Says whether a text holds one of many phrases, as whole words in any case. Looks only at phrases that begin with a
 * word of the text: one alternation of them all would be tried at every letter.
 */
export function phraseFinder(phrases: readonly string[]): (text: string) => boolean {
  const byFirstWord = Map.groupBy(phrases, (phrase) => phrase.match(WORD)?.[0] ?? '')
  if (phrases.length === 0) return () => false
  return (text) => {
    const lower = text.toLowerCase().replaceAll('’', "'")
    for (const { 0: word, index } of lower.matchAll(WORD)) {
      const found = byFirstWord.get(word)?.some((phrase) => {
        const end = index + phrase.length
        return lower.startsWith(phrase, index) && !WORD_SIGN.test(lower.charAt(end))
      })
      if (found) return true
    }
    return false
  }
}
