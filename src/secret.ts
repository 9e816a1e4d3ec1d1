const REDACTED = '[redacted]'
/** What `util.inspect`, `console` and Bun ask an object for. */
const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom')

/**
 * A text that must not be seen: a password, a token, a key. However it is printed, logged, joined or turned into
 * JSON it says `[redacted]`, and a copy of it (spread, structuredClone) is empty. `reveal()` alone gives the text:
 * call it where the text is used, and keep the Secret everywhere else.
 */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
    Object.freeze(this)
  }

  reveal(): string {
    return this.#text
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [Symbol.toPrimitive](): string {
    return REDACTED
  }

  [INSPECT](): string {
    return REDACTED
  }
}
