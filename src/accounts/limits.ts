/** How long links in mails hold. */
export const CONFIRM_LINK_MINUTES = 24 * 60
export const RESET_LINK_MINUTES = 60
/** What changes an account needs a sign-in this recent where there is no password to ask for. */
export const FRESH_MINUTES = 15
export const RECOVERY_CODES = 10
