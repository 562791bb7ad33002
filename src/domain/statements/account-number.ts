/**
 * Whether two ways of writing an account's number mean the same account: an IBAN and the number at its end, with blanks
 * and leading zeros or without, and numbers of which a statement shows only the last digits.
 */
const FEWEST = 4

export function isSameAccount(a: string, b: string): boolean {
  const [one, other] = [bare(a), bare(b)]
  if (one === '' || other === '') return true
  const [short, long] = one.length <= other.length ? [one, other] : [other, one]
  return short === long || (short.length >= FEWEST && long.endsWith(short))
}

/** What hides digits stands before those that are shown. */
function bare(number: string): string {
  const shown = /[^*•xX.]*$/.exec(number.trim())?.[0] ?? ''
  const digits = (shown === '' ? number : shown).replaceAll(/[^0-9a-zA-Z]/g, '').toUpperCase()
  return digits.replace(/^0+(?=.)/, '')
}
