/** NIST SP 800-63B: length is what counts; no rules about characters. */
export const PASSWORD_CHARS_MIN = 10
export const PASSWORD_CHARS_MAX = 128

/** OWASP's smaller setting of argon2id: 19 MiB, two passes, some 20 ms on a thread of its own. */
const ARGON2 = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const

export const hashPassword = (password: string) => Bun.password.hash(password.normalize('NFKC'), ARGON2)

export const verifyPassword = ({ password, hash }: { password: string; hash: string }) =>
  Bun.password.verify(password.normalize('NFKC'), hash)
