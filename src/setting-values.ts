import { Secret } from './secret.ts'

/*
 * How the text of a setting becomes its value. Each throws an Error that says what the setting must be.
 */

export type Environment = 'development' | 'test' | 'production'
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'
export type SignUp = 'open' | 'invited'

export function wholeNumber(min: number, max: number) {
  return (text: string) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw new Error(`must be a whole number from ${min} to ${max}`)
    return value
  }
}

export function oneOf<T extends string>(...allowed: T[]) {
  return (text: string): T => {
    if (!allowed.includes(text as T)) throw new Error(`must be one of ${allowed.filter(Boolean).join(', ')}`)
    return text as T
  }
}

export function environmentName(text: string): Environment {
  return oneOf<Environment>('development', 'test', 'production')(text)
}

export function logLevel(text: string): LogLevel | '' {
  return oneOf<LogLevel | ''>('debug', 'info', 'warn', 'error', 'silent', '')(text)
}

export const text = (text: string) => text

/** Refuses nothing, because a refusal repeats the text: whoever uses the secret checks it. */
export const secret = (text: string) => (text ? new Secret(text) : undefined)

export function signUp(text: string): SignUp | '' {
  return oneOf<SignUp | ''>('open', 'invited', '')(text)
}

export function trueOrFalse(text: string): boolean {
  return oneOf('true', 'false')(text) === 'true'
}

export function webAddress(text: string): string {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash)
    throw new Error('must be an address, `https://…`')
  return url.href.replace(/\/$/, '')
}

export function publicUrl(text: string): string {
  if (!text) return ''
  const url = URL.parse(webAddress(text))!
  if (url.pathname !== '/') throw new Error('must be an address without a path')
  return url.origin
}

export function origins(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
    .map(publicUrl)
}

export function nonEmpty(text: string): string {
  if (!text) throw new Error('must not be empty')
  return text
}

export function databaseUrl(text: string): string {
  if (text && !text.startsWith('file:')) throw new Error('must start with `file:`')
  return text
}
