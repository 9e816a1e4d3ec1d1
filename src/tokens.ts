const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The SHA-256 of a token of our own, in hex: what is kept of it. Its 256 random bits need no salt. */
export const hashToken = (text: string) => new Bun.CryptoHasher('sha256').update(text).digest('hex')

/** `length` digits of base 62, drawn evenly: bytes past the last whole multiple of 62 are thrown away. */
export function randomBase62(length: number): string {
  let text = ''
  while (text.length < length)
    for (const byte of crypto.getRandomValues(new Uint8Array(length)))
      if (byte < 248 && text.length < length) text += BASE62[byte % 62]
  return text
}

/** `length` digits of base 62 that tell a mistyped text from a whole one: its CRC-32. */
export function checksum(text: string, length: number): string {
  let rest = Bun.hash.crc32(text)
  let digits = ''
  for (let index = 0; index < length; index++) {
    digits = BASE62[rest % 62] + digits
    rest = Math.floor(rest / 62)
  }
  return digits
}
