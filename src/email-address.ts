export const EMAIL_CHARS_MAX = 254

/**
 * One plain address, `local@domain`, in ASCII: what everything here, the engine of sign-in (zod's `z.email()`)
 * and mail programs read alike. Stricter than RFC 5321, which allows quotes and comments; a domain in another
 * script is written `xn--…`. No text matches a part of it in two ways, so it takes linear time.
 */
export const EMAIL_PATTERN = "^[\\w+-]+(['.][\\w+-]+)*@[A-Za-z0-9]+((\\.|-+)[A-Za-z0-9]+)*\\.[A-Za-z]{2,}$"

const pattern = new RegExp(EMAIL_PATTERN)

export const isEmailAddress = (text: string): boolean => text.length <= EMAIL_CHARS_MAX && pattern.test(text)
