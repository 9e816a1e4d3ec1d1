/** Words of scripts that put spaces between them; a character of those that do not (Han, kana, Thai …) is one. */
export function countWords(text: string): number {
  return (
    text.match(
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}][\p{L}\p{N}\p{M}'’-]*/gu,
    )?.length ?? 0
  )
}
