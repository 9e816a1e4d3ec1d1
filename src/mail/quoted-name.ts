const NAME_MAX = 60

const LINE_BREAKS_AND_SPACES = /[\s\p{Cc}\p{Zl}\p{Zp}]+/gu
/** What is not seen but changes the order or the look of what stands around it. */
const DIRECTIONS = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g
const QUOTES = /["“”„‟«»]/g
/** Where a mail program sees the joints of an address of the web or of a person, and makes a link. */
const JOINTS = /[.:/@\\](?=\S)/g
/** Hardly seen, and the end of a word to every program. */
const HAIR_SPACE = '\u200a'

/**
 * A name that somebody chose, as a mail may carry it: one line, at most 60 characters, in quotes it cannot
 * leave, and never a link, so that an invitation cannot be made to advertise.
 */
export function quotedName(name: string): string {
  const line = name.toWellFormed().replace(LINE_BREAKS_AND_SPACES, ' ').replace(DIRECTIONS, '').trim()
  const characters = Array.from(line.replace(QUOTES, "'"))
  const short = characters.length > NAME_MAX ? [...characters.slice(0, NAME_MAX - 1), '…'] : characters
  return `“${short.join('').replace(JOINTS, `$&${HAIR_SPACE}`)}”`
}
