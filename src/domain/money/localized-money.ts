/**
 * Amounts as people's spreadsheets and statements write them: '4.626,81', '1 234,50', "1'234.50", '(12.00)', '-€5', '5,00-'.
 * Whether '1,234' is a thousand or one and a bit is decided from the whole column and never guessed:
 * without evidence the answer is a reason.
 */
import { parseMoney, type ParsedMoney } from './money.ts'

/** The decimal mark of a column; null when no row needed one, and then only whole numbers without marks are read. */
export interface DecimalFormat {
  readonly decimal: '.' | ',' | null
}

export type DetectedFormat =
  { readonly ok: true; readonly format: DecimalFormat } | { readonly ok: false; readonly reason: string }

interface StrippedAmount {
  readonly negative: boolean
  /** Digits and marks only; spaces and apostrophes that group thousands are one plain space. */
  readonly digits: string
}

const GROUP_SPACES = /(?<=\d)[\s\u00a0\u2007\u2009\u202f'’](?=\d)/g
const SPACES = /[\s\u00a0\u2007\u2009\u202f]+/g
const CURRENCY_BEFORE = /^(?:[A-Za-z]{1,3}\$|[A-Za-z]{3}|Rs\.?|\p{Sc})+/u
const CURRENCY_AFTER = /(?:[A-Za-z]{3}|\p{Sc}|kr|zł)+$/u
const BARE = /^(-?)(\d[\d.,]*)$/
const EXPONENT = /^\d+(?:[.,]\d+)?[eE][+-]?\d{1,3}$/

/** The decimal mark that the samples prove; a reason when they prove two, or when some need one and none proves it. */
export function detectDecimalFormat(samples: Iterable<string>): DetectedFormat {
  const proofs = new Map<'.' | ',', string>()
  let ambiguous: string | null = null
  for (const sample of samples) {
    const evidence = evidenceIn(strip(sample)?.digits ?? '')
    if (evidence === 'ambiguous') ambiguous ??= sample.trim()
    else if (evidence !== null && !proofs.has(evidence)) proofs.set(evidence, sample.trim())
  }
  if (proofs.size > 1) {
    return { ok: false, reason: `the amounts "${[...proofs.values()].join('" and "')}" use different decimal marks` }
  }
  for (const decimal of proofs.keys()) return { ok: true, format: { decimal } }
  if (ambiguous === null) return { ok: true, format: { decimal: null } }
  return { ok: false, reason: `"${ambiguous}" can be thousands or decimals and no other amount tells` }
}

/** Reads one amount in a known format. Grouping must be well formed (by three, or Indian 12,34,567), else it is a reason. */
export function parseLocalizedMoney(text: string, format: DecimalFormat): ParsedMoney {
  const stripped = strip(text)
  if (stripped === null)
    return { ok: false, reason: text.trim() === '' ? 'the amount is empty' : `"${text.trim()}" is not an amount` }
  const plain = EXPONENT.test(stripped.digits)
    ? exponentForm(stripped.digits, format)
    : plainDigits(stripped.digits, format)
  if (plain === null) return { ok: false, reason: unreadable(text, format) }
  return parseMoney(stripped.negative ? `-${plain}` : plain)
}

function unreadable(text: string, format: DecimalFormat): string {
  if (format.decimal === null)
    return `"${text.trim()}" has a decimal or thousands mark and the column does not tell which; set the decimal mark`
  return `"${text.trim()}" is not an amount with the decimal mark "${format.decimal}"`
}

function strip(text: string): StrippedAmount | null {
  // Nearly every amount of nearly every file; the rest of this function is for the others.
  const bare = BARE.exec(text)
  if (bare !== null) return { negative: bare[1] === '-', digits: bare[2] ?? '' }
  let rest = text.replace(SPACES, ' ').trim()
  let negatives = 0
  if (rest.startsWith('(') && rest.endsWith(')')) {
    negatives += 1
    rest = rest.slice(1, -1).trim()
  }
  // "12.-" and "12,–" are twelve and no cents, not minus twelve.
  rest = rest.replace(/(?<=\d[.,])[-−–—]+(?=\D*$)/u, '')
  for (let pass = 0; pass < 2; pass += 1) {
    const sign = /^[-−–+]|[-−–]$/.exec(rest)
    if (sign !== null) {
      if (sign[0] !== '+') negatives += 1
      rest = (sign.index === 0 ? rest.slice(1) : rest.slice(0, -1)).trim()
    }
    rest = rest.replace(CURRENCY_BEFORE, '').replace(CURRENCY_AFTER, '').trim()
  }
  if (negatives > 1) return null
  const digits = rest.replace(GROUP_SPACES, ' ')
  return /^[\d., ]*\d[\d., ]*$/.test(digits) || EXPONENT.test(digits) ? { negative: negatives === 1, digits } : null
}

function evidenceIn(digits: string): '.' | ',' | 'ambiguous' | null {
  const dot = digits.indexOf('.')
  const comma = digits.indexOf(',')
  if (dot === -1 && comma === -1) return null
  if (dot !== -1 && comma !== -1) return digits.lastIndexOf('.') > digits.lastIndexOf(',') ? '.' : ','
  const mark = dot === -1 ? ',' : '.'
  const at = Math.max(dot, comma)
  if (digits.indexOf(mark, at + 1) !== -1) return mark === '.' ? ',' : '.'
  const couldGroup = /^[1-9]\d{0,2}$/.test(digits.slice(0, at)) && /^\d{3}$/.test(digits.slice(at + 1))
  return couldGroup ? 'ambiguous' : mark
}

const GROUPED: Readonly<Record<string, RegExp>> = {
  '.': /^\d{1,3}(?:\.\d{3})+$/,
  ',': /^(?:\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3})$/,
  ' ': /^\d{1,3}(?: \d{3})+$/,
}

function plainDigits(digits: string, format: DecimalFormat): string | null {
  if (format.decimal === null) return wholePart(digits.replaceAll(/[.,]/g, 'x'), null)
  const at = digits.lastIndexOf(format.decimal)
  if (at === -1) return wholePart(digits, format.decimal)
  const fraction = digits.slice(at + 1)
  if (!/^\d*$/.test(fraction)) return null
  const whole = at === 0 ? '0' : wholePart(digits.slice(0, at), format.decimal)
  return whole === null ? null : `${whole}.${fraction}`
}

function wholePart(text: string, decimal: string | null): string | null {
  if (/^\d+$/.test(text)) return text
  const mark = /[., ]/.exec(text)?.[0]
  if (mark === undefined || mark === decimal) return null
  return GROUPED[mark]?.test(text) === true ? text.replaceAll(mark, '') : null
}

function exponentForm(digits: string, format: DecimalFormat): string | null {
  if (format.decimal === ',') return digits.includes('.') ? null : digits.replace(',', '.')
  return digits.includes(',') ? null : digits
}
