import type { Secret } from '#src/secret.ts'

/** Turns who is counted, and for what, into the text that is stored. */
export type HashSubject = (name: string, subject: string) => string

/**
 * SHA-256 with a key of the installation (HMAC): subjects are addresses and e-mail addresses, which a plain
 * hash would give away to whoever tries all of them.
 */
export const hashSubjects =
  (key: Secret): HashSubject =>
  (name, subject) =>
    new Bun.CryptoHasher('sha256', key.reveal()).update(`${name}\n${subject}`).digest('base64url')
