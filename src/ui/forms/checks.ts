import type { Check } from './use-form.ts'

/** As the API says it; it decides, this is to save a way. */
const PASSWORD_CHARS_MIN = 10
const PASSWORD_CHARS_MAX = 128

export const PASSWORD_HINT = `At least ${PASSWORD_CHARS_MIN} characters. Long beats complicated.`

export const anything: Check = () => undefined

export const given =
  (message: string): Check =>
  (text) =>
    text.trim() ? undefined : message

export const emailAddress: Check = (text) => {
  const [name, host, ...more] = text.trim().split('@')
  const isAddress = name && host?.includes('.') && !more.length && !/\s/.test(text.trim())
  return isAddress ? undefined : 'Give an address like ada@example.com.'
}

export const newPassword: Check = (text) => {
  const length = [...text].length
  if (length < PASSWORD_CHARS_MIN)
    return length === 0
      ? 'Choose a password.'
      : `This has ${length} characters; it needs ${PASSWORD_CHARS_MIN}.`
  return length > PASSWORD_CHARS_MAX ? `At most ${PASSWORD_CHARS_MAX} characters.` : undefined
}
