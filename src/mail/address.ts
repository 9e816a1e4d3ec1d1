const ADDRESS_MAX = 254
const LOCAL_PART_MAX = 64

export type Sender = { name: string; address: string }

/**
 * Whether `text` is one plain address, `local@domain`, and nothing else: no name, no list, no quotes, no
 * comments. Stricter than RFC 5321, because mail programs disagree about the forms that are left out.
 */
export function isAddress(text: string): boolean {
  const at = text.indexOf('@')
  if (at < 1 || at > LOCAL_PART_MAX || text.length > ADDRESS_MAX) return false
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)]
  return (
    /^[^\s\p{C}()<>[\]:;@\\,"]+$/u.test(local) &&
    /^[\p{L}\p{M}\p{N}.-]+$/u.test(domain) &&
    local.split('.').every((part) => part !== '') &&
    domain.split('.').every((label) => label !== '' && !label.startsWith('-') && !label.endsWith('-'))
  )
}

/** Reads `Name <local@domain>` or a plain address; undefined for anything else. */
export function readSender(text: string): Sender | undefined {
  const open = text.endsWith('>') ? text.indexOf('<') : -1
  if (open === -1) return isAddress(text) ? { name: '', address: text } : undefined
  const [name, address] = [text.slice(0, open).trim(), text.slice(open + 1, -1)]
  return isAddress(address) && /^[^\p{C}"<>\\]*$/u.test(name) ? { name, address } : undefined
}
