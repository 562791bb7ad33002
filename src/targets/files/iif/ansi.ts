/**
 * Text as Windows-1252 bytes, which is what QuickBooks Desktop reads. What it has no byte for
 * is told apart here: an account under a name that is almost right would be made anew by the import.
 */

/** The bytes from 0x80 on; a space stands where there is none. */
const UPPER = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ'

const BYTES: ReadonlyMap<string, number> = new Map([
  ...Array.from({ length: 0x80 }, (_, byte) => [String.fromCharCode(byte), byte] as const),
  ...UPPER.split('').flatMap((character, index) => (character === ' ' ? [] : [[character, 0x80 + index] as const])),
  ...Array.from({ length: 0x60 }, (_, index) => [String.fromCharCode(0xa0 + index), 0xa0 + index] as const),
])

/** Whether every character of the text has a byte. */
export function isAnsi(text: string): boolean {
  return Array.from(text).every((character) => BYTES.has(character))
}

/** What has no byte becomes a question mark: for text that only people read. */
export function ansiBytes(text: string): Buffer {
  return Buffer.from(Array.from(text.normalize('NFC'), (character) => BYTES.get(character) ?? 0x3f))
}
