const TITLES_NAMED_MAX = 3

/** One plain sentence that says what an offline post is made of. */
export function digestNotice(sourceTitles: string[]): string {
  const named = sourceTitles.slice(0, TITLES_NAMED_MAX).map((title) => `“${title}”`)
  const more = sourceTitles.length - named.length
  if (more > 0) named.push(more === 1 ? 'one more source' : `${more} more sources`)
  if (named.length === 0) return 'This post is a digest of its sources, in their own words.'
  const list = named.length > 1 ? `${named.slice(0, -1).join(', ')} and ${named.at(-1)}` : named[0]!
  return `This post is a digest of ${list}, in the words of ${named.length > 1 ? 'the sources' : 'the source'}.`
}
