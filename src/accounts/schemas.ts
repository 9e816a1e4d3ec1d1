import { t } from 'elysia'
import { EMAIL_CHARS_MAX, EMAIL_PATTERN } from '#src/email-address.ts'
import { oneOf } from '#src/one-of.ts'
import { PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from './passwords.ts'

export const NAME_CHARS_MAX = 100
const TOKEN_CHARS_MAX = 1_000

export const personName = t.String({ minLength: 1, maxLength: NAME_CHARS_MAX, pattern: '\\S' })
export const email = t.String({
  maxLength: EMAIL_CHARS_MAX,
  pattern: EMAIL_PATTERN,
  examples: ['ada@example.com'],
})
/** A password that is being chosen. */
export const newPassword = t.String({
  minLength: PASSWORD_CHARS_MIN,
  maxLength: PASSWORD_CHARS_MAX,
  description: `${PASSWORD_CHARS_MIN} to ${PASSWORD_CHARS_MAX} characters of any kind.`,
})
/** A password that is being checked: nothing about it is said beforehand. */
export const password = t.String({ maxLength: PASSWORD_CHARS_MAX })
/** What a link in a mail carries behind its `#`. */
export const linkToken = t.String({ minLength: 1, maxLength: TOKEN_CHARS_MAX })
export const providerName = oneOf(['github', 'google'])

export const Account = t.Object(
  {
    id: t.String(),
    name: t.String(),
    email: t.String(),
    hasPassword: t.Boolean(),
    twoFactor: t.Boolean(),
    identities: t.Array(t.Object({ provider: providerName, linkedAt: t.String() })),
    createdAt: t.String({ format: 'date-time' }),
  },
  { title: 'Account' },
)

export const AccountSession = t.Object(
  {
    id: t.String(),
    current: t.Boolean({ description: 'Whether this is the session that asks.' }),
    address: t.Union([t.String(), t.Null()]),
    userAgent: t.Union([t.String(), t.Null()]),
    createdAt: t.String({ format: 'date-time' }),
    lastUsedAt: t.String({ format: 'date-time' }),
    expiresAt: t.String({ format: 'date-time' }),
  },
  { title: 'AccountSession' },
)
