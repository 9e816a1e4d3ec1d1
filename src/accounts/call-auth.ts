import { AppError, type ErrorCode } from '#src/errors.ts'

/** What better-auth refuses, in our words; what is not here is told in its own. */
const refusals: Record<string, [ErrorCode, string]> = {
  INVALID_EMAIL_OR_PASSWORD: ['unauthenticated', 'The address or the password is wrong.'],
  EMAIL_NOT_VERIFIED: ['forbidden', 'Confirm your address first: we sent you a mail with a link.'],
  INVALID_PASSWORD: ['forbidden', 'The password is wrong.'],
  CREDENTIAL_ACCOUNT_NOT_FOUND: ['conflict', 'Your account has no password yet. Set one first.'],
  PASSWORD_ALREADY_SET: ['conflict', 'Your account has a password. Change it instead.'],
  SESSION_EXPIRED: ['forbidden', 'This needs a fresh sign-in. Sign out, sign in again, and repeat it.'],
  SESSION_NOT_FRESH: ['forbidden', 'This needs a fresh sign-in. Sign out, sign in again, and repeat it.'],
  INVALID_TOKEN: ['not_found', 'This link has expired or was used before. Ask for a new one.'],
  TOKEN_EXPIRED: ['not_found', 'This link has expired. Ask for a new one.'],
  USER_NOT_FOUND: ['not_found', 'This link has expired or was used before. Ask for a new one.'],
  PROVIDER_NOT_FOUND: ['not_found', 'Sign-in by this provider is not set up here.'],
  INVALID_USER: ['forbidden', 'This link is for another account. Sign out first.'],
  INVALID_EMAIL: ['invalid_request', 'This is not an e-mail address.'],
  INVALID_CODE: ['unauthenticated', 'The code is wrong. Take the one that is shown now.'],
  INVALID_BACKUP_CODE: ['unauthenticated', 'This recovery code is wrong or was used before.'],
  INVALID_TWO_FACTOR_COOKIE: ['unauthenticated', 'Sign in with your password first.'],
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: ['unauthenticated', 'Too many wrong codes. Sign in again.'],
  ACCOUNT_TEMPORARILY_LOCKED: ['rate_limited', 'Too many wrong codes. Wait a few minutes.'],
  TOTP_ALREADY_ENABLED: ['conflict', 'Two-factor sign-in is on already.'],
  TWO_FACTOR_NOT_ENABLED: ['conflict', 'Two-factor sign-in is not on.'],
  TOTP_NOT_ENABLED: ['conflict', 'Two-factor sign-in is not on.'],
  BACKUP_CODES_NOT_ENABLED: ['conflict', 'Two-factor sign-in is not on.'],
}

type ApiError = Error & { status: unknown; statusCode: number; body?: { code?: string; message?: string } }

/** What a call of better-auth returned. Throws AppError for what it refuses. */
export async function callAuth<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    throw isApiError(error) ? refusalOf(error) : error
  }
}

function refusalOf({ statusCode, body }: ApiError): unknown {
  const [code, message] = refusals[body?.code ?? ''] ?? []
  if (code && message) return new AppError(code, message)
  if (statusCode >= 500) return new Error(`better-auth: ${body?.code ?? statusCode}`)
  if (statusCode === 401) return new AppError('unauthenticated', 'Sign in first.')
  if (statusCode === 429) return new AppError('rate_limited', 'Too many tries. Wait a few minutes.')
  return new AppError('invalid_request', body?.message ?? 'This was refused.')
}

// By its shape: importing its class would load the engine with the first page.
const isApiError = (error: unknown): error is ApiError =>
  error instanceof Error && typeof (error as Partial<ApiError>).statusCode === 'number'
