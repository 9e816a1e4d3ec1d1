import { type Message, writeLetter } from './letter.ts'
import { quotedName } from './quoted-name.ts'

const HOUR_MINUTES = 60

const moment = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'long',
  timeStyle: 'short',
  timeZone: 'UTC',
})

type Invitation = { inviter: string; project: string; role: string; link: string; expiresAt: number }

/** Names are those that people chose; `expiresAt` in milliseconds. */
export const invitation = ({ inviter, project, role, link, expiresAt }: Invitation): Message =>
  writeLetter({
    subject: `Invitation to ${quotedName(project)}`,
    paragraphs: [
      `${quotedName(inviter)} invites you to work on ${quotedName(project)} in Quill. Your role there: ${role}.`,
      { label: 'Accept the invitation', href: link },
      `The link works once, for this address, until ${timeOf(expiresAt)}.`,
      'Did you not expect this? Then leave it alone, and nothing happens.',
    ],
  })

export const passwordReset = ({ link, minutes }: { link: string; minutes: number }): Message =>
  writeLetter({
    subject: 'Reset your password',
    paragraphs: [
      'Somebody, probably you, asked to reset the password of your Quill account.',
      { label: 'Choose a new password', href: link },
      `The link works once, within ${lengthOf(minutes)}.`,
      'Was it not you? Then leave it alone: your password stays as it is.',
    ],
  })

export const addressConfirmation = ({ link, minutes }: { link: string; minutes: number }): Message =>
  writeLetter({
    subject: 'Confirm your e-mail address',
    paragraphs: [
      'This address was given for a Quill account. Confirm that it is yours.',
      { label: 'Confirm the address', href: link },
      `The link works for ${lengthOf(minutes)}.`,
      'Was it not you? Then leave it alone, and nothing happens.',
    ],
  })

/** Goes to the old address, which has no say any more: whoever lost the account needs another's help. */
export const addressChanged = ({ at }: { at: number }): Message =>
  writeLetter({
    subject: 'The address of your account was changed',
    paragraphs: [
      `Your Quill account has a new e-mail address since ${timeOf(at)}. Mails no longer come here.`,
      'Was it not you? Then somebody else has your account: tell whoever runs this Quill at once.',
    ],
  })

/** `link` leads to where a password is reset. */
export const passwordChanged = ({ at, link }: { at: number; link: string }): Message =>
  notice('Your password was changed', `The password of your Quill account was changed on ${timeOf(at)}.`, {
    label: 'Reset the password',
    href: link,
  })

/** `link` leads to where a password is reset. */
export const twoFactorChanged = ({ on, at, link }: { on: boolean; at: number; link: string }): Message =>
  notice(
    `Two-factor sign-in was turned ${on ? 'on' : 'off'}`,
    `Two-factor sign-in was turned ${on ? 'on' : 'off'} for your Quill account on ${timeOf(at)}.`,
    { label: 'Reset the password', href: link },
  )

/** `link` leads to the account, where new codes are made. */
export const recoveryCodeUsed = ({ at, link }: { at: number; link: string }): Message =>
  notice(
    'A recovery code was used',
    `Somebody signed in to your Quill account with a recovery code on ${timeOf(at)}. It works no more.`,
    { label: 'Make new recovery codes', href: link },
  )

/** `link` leads to the keys of the account. */
export const apiKeyCreated = ({ name, at, link }: { name: string; at: number; link: string }): Message =>
  notice(
    'An API key was created',
    `The API key ${quotedName(name)} was created with your Quill account on ${timeOf(at)}.`,
    { label: 'See your API keys', href: link },
  )

/** What happened, and what to do for whom it should not have happened. */
const notice = (subject: string, what: string, remedy: { label: string; href: string }): Message =>
  writeLetter({
    subject,
    paragraphs: [what, 'Was it you? Then there is nothing to do. If it was not, act now:', remedy],
  })

const timeOf = (at: number) => `${moment.format(at)} UTC`

function lengthOf(minutes: number): string {
  if (minutes % HOUR_MINUTES === 0 && minutes > HOUR_MINUTES) return `${minutes / HOUR_MINUTES} hours`
  return minutes === 1 ? 'one minute' : `${minutes} minutes`
}
