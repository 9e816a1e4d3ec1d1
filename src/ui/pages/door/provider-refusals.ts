const failed = 'Signing in there did not work. Try again, or sign in another way.'
const late = 'It took too long, or began in another browser. Try again.'

/** What an identity provider's answer came to, in words. */
const refusals: Record<string, string> = {
  access_denied: 'You did not let Quill know who you are. Nothing was changed.',
  email_not_found: 'That account has no confirmed e-mail address. Confirm one there, or sign in another way.',
  account_not_linked:
    'There is an account of this address already. Sign in to it, then link the other one under “Account”.',
  email_does_not_match: 'That account has another e-mail address than yours here, so it cannot be linked.',
  account_already_linked_to_different_user: 'That account is linked to somebody else here.',
  invitation_needed:
    'Accounts are made by invitation here. Ask a member to invite the address of that account.',
  invalid_code: failed,
  unable_to_get_user_info: failed,
  issuer_mismatch: failed,
  nonce_binding_missing: failed,
  state_mismatch: late,
  state_not_found: late,
  unable_to_link_account: 'The account could not be linked. Sign in, and try again.',
  unable_to_create_user: 'The account could not be made. Try again, or sign up with a password.',
}

/** The sentence for the `error` in an address. What the address says is never shown: anybody may have written it. */
export function describeRefusal(search: string): string | undefined {
  const code = new URLSearchParams(search).get('error')
  if (code === null) return undefined
  return Object.hasOwn(refusals, code) ? refusals[code] : failed
}
