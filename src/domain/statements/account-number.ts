/**
 * Whether two ways of writing an account's number mean the same account: an IBAN and the number in it, with blanks and
 * leading zeros or without, with the currency after it, and numbers of which a statement shows only the last digits.
 */
const FEWEST = 4
/** A number this long stands in an IBAN by chance practically never. */
const FEWEST_INSIDE = 7

const MASK = /^.*(?:[*•…]|x{2,}|\.{2,}|^x(?=\d+$))/i

/** `unknown`: one is a number and the other a name, so nothing tells. */
export type AccountComparison = 'same' | 'other' | 'unknown'

export function compareAccounts(a: string, b: string): AccountComparison {
  const [one, other] = [bare(a), bare(b)]
  if (one === '' || other === '') return 'unknown'
  if (one === other) return 'same'
  if (isName(one) !== isName(other)) return 'unknown'
  if (isName(one)) return 'other'
  const [short, long] = one.length <= other.length ? [one, other] : [other, one]
  if (short.length >= FEWEST && long.endsWith(short)) return 'same'
  const isInside = isIban(long) && short.length >= FEWEST_INSIDE && long.slice(4).includes(short)
  return isInside ? 'same' : 'other'
}

export function isSameAccount(a: string, b: string): boolean {
  return compareAccounts(a, b) !== 'other'
}

/** "…3000": enough to know one's own account by, and no more. */
export function maskedNumber(number: string): string {
  const plain = bare(number)
  const isShort = plain.length <= FEWEST && plain === number.trim().toUpperCase()
  return isName(plain) || isShort ? number.trim() : `…${plain.slice(-FEWEST)}`
}

/** What hides digits stands before those that are shown. */
function bare(number: string): string {
  const shown = number.trim().replace(MASK, '')
  const text = (shown === '' ? number : shown).replaceAll(/[^0-9\p{L}]/gu, '').toUpperCase()
  const digits = text.replace(/^0+(?=.)/, '')
  // Some banks put the currency after it: "DE02500105170137075030EUR".
  return /\d{4}[A-Z]{3}$/.test(digits) ? digits.slice(0, -3) : digits
}

/** "CURRENTACCOUNT", "MAIN2": hardly a digit in it. */
function isName(plain: string): boolean {
  return plain.replaceAll(/\D/g, '').length < Math.min(FEWEST, plain.length)
}

function isIban(plain: string): boolean {
  return /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(plain)
}
