import { isEmailAddress } from '#src/email-address.ts'
import { AppError } from '#src/errors.ts'

const SUBJECT_MAX = 300

/** A mail to one person. `text` says everything; `html`, where there is one, says the same. */
export type Mail = { to: string; subject: string; text: string; html?: string }

/**
 * Sends a mail, and returns once it was handed over. Throws AppError: `invalid_request` when address or
 * subject cannot be used or the address was refused, `unavailable` when the mail could not be handed over.
 */
export type Mailer = { send(mail: Mail): Promise<void> }

/** Throws `invalid_request` for what cannot be the head of a mail: nothing in it may begin a new line. */
export function checkMail({ to, subject }: Mail) {
  if (!isEmailAddress(to))
    throw new AppError('invalid_request', 'This is not an e-mail address that Quill can write to.')
  if (subject.length > SUBJECT_MAX || !/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+$/u.test(subject))
    throw new AppError(
      'invalid_request',
      `The subject of a mail is one line of 1 to ${SUBJECT_MAX} characters.`,
    )
}
