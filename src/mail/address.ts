import { isEmailAddress } from '#src/email-address.ts'

export type Sender = { name: string; address: string }

/** Reads `Name <local@domain>` or a plain address; undefined for anything else. */
export function readSender(text: string): Sender | undefined {
  const open = text.endsWith('>') ? text.indexOf('<') : -1
  if (open === -1) return isEmailAddress(text) ? { name: '', address: text } : undefined
  const [name, address] = [text.slice(0, open).trim(), text.slice(open + 1, -1)]
  return isEmailAddress(address) && /^[^\p{C}"<>\\]*$/u.test(name) ? { name, address } : undefined
}
