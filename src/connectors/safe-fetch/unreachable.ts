import { AppError } from '#src/errors.ts'

/** The site failed. The system's word for it helps whoever looks after the site. */
export function unreachable(host: string, error: unknown): AppError {
  const { code } = error as NodeJS.ErrnoException
  return new AppError('address_unreachable', `${host} cannot be reached${code ? ` (${code})` : ''}.`)
}
