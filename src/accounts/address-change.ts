import { hashToken } from '#src/tokens.ts'

/** Who changes their address, from what to what. */
type AddressChange = { userId: string; email: string; updateTo: string }

/** How a change of address that is on its way is found: so that it can be ended before its link is. */
export const changeIdentifier = (token: string) => `change-email-${hashToken(token)}`

/**
 * The change that the token of a link asks for (a JWT of better-auth's); undefined for any other token. Nothing is
 * proven by it: whoever takes the token checks who signed it.
 */
export function addressChangeIn(token: string): AddressChange | undefined {
  const [, payload = ''] = token.split('.')
  try {
    const { userId, email, updateTo } = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const isChange = [userId, email, updateTo].every((each) => typeof each === 'string')
    return isChange ? { userId, email, updateTo } : undefined
  } catch {
    return undefined
  }
}
