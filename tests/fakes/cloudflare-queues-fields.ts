import { Refusal, type RefusalName } from './cloudflare-queues-refusals.ts'

export type Fields = Record<string, unknown>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export type Range = { min: number; max: number; otherwise: number; refusal: RefusalName }

/** A field that is a whole number within its range, or what stands for it when it is missing. */
export function wholeNumber(fields: Fields, name: string, { min, max, otherwise, refusal }: Range): number {
  const value = fields[name] ?? otherwise
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return value as number
  throw new Refusal(refusal, { detail: `${name} must be a whole number from ${min} to ${max}` })
}

export function textField(fields: Fields, name: string, refusal: RefusalName): string | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw new Refusal(refusal, { detail: `Expected string at "${name}"` })
}

export function listField(fields: Fields, name: string, refusal: RefusalName): Fields[] {
  const value = fields[name] ?? []
  if (Array.isArray(value) && value.every(isFields)) return value
  throw new Refusal(refusal, { detail: `Expected array of objects at "${name}"` })
}
