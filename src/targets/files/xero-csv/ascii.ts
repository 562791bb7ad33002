/**
 * Text as ASCII, because Xero's import shows anything else as mojibake. Accents are dropped, typographic marks and a
 * few letters become their usual spelling, and what has none becomes a question mark: visible, never silently gone.
 */
const SPELLINGS: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '–': '-',
  '—': '-',
  '−': '-',
  '…': '...',
  '•': '*',
  '×': 'x',
  '€': 'EUR',
  '£': 'GBP',
  '₹': 'INR',
  '¥': 'JPY',
  ß: 'ss',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ı: 'i',
}

export function toAscii(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/\P{ASCII}/gu, (character) => SPELLINGS[character] ?? character)
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .replaceAll(/\p{Zs}/gu, ' ')
    .replaceAll(/[^\x20-\x7E]/gu, '?')
}
