/**
 * Text as Windows-1252 bytes, which is what QuickBooks Desktop reads. A character it does not have is null here: an
 * account under a name that is almost right would be made anew by the import, so nothing is ever squeezed in.
 */
const UPPER: readonly (string | null)[] = [
  ...['€', null, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', null, 'Ž', null],
  ...[null, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', null, 'ž', 'Ÿ'],
]

const BYTES: ReadonlyMap<string, number> = new Map([
  ...Array.from({ length: 0x80 }, (_, byte) => [String.fromCharCode(byte), byte] as const),
  ...UPPER.flatMap((character, index) => (character === null ? [] : [[character, 0x80 + index] as const])),
  ...Array.from({ length: 0x60 }, (_, index) => [String.fromCharCode(0xa0 + index), 0xa0 + index] as const),
])

/** Whether every character of the text has a byte. */
export function isAnsi(text: string): boolean {
  return [...text].every((character) => BYTES.has(character))
}

/** What has no byte becomes a question mark: for text that only people read. */
export function ansiBytes(text: string): Buffer {
  return Buffer.from([...text.normalize('NFC')].map((character) => BYTES.get(character) ?? 0x3f))
}
