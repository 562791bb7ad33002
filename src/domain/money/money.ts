/**
 * Exact money. An amount is a bigint count of 10⁻⁸ of a currency unit ("units"), so the smallest charge a panel
 * shows and the largest wallet both fit a signed 64-bit column, and no float ever touches a figure.
 * Decimal text is parsed from its characters; digits past the eighth round half-even and say so.
 */
import { InvariantError } from '../errors.ts'

/** A count of 10⁻⁸ currency units. 4.50 USD is 450_000_000n. */
export type Units = bigint

const SCALE = 8
/** Largest magnitude a signed 64-bit column can hold. */
export const MAX_UNITS = 9_223_372_036_854_775_807n

export type ParsedMoney =
  | {
      readonly ok: true
      readonly units: Units
      /** Decimal places the text showed, trailing zeros included: the vendor's display precision. */
      readonly decimals: number
      /** True when rounding at the eighth place moved the value by more than 10⁻⁹. */
      readonly rounded: boolean
    }
  | { readonly ok: false; readonly reason: string }

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/

/**
 * Parses plain decimal text ("4.50", "-0.00002", "1e-5", or a JSON number's source text).
 * No thousands separators, no currency signs: localized text goes through `parseLocalizedMoney`.
 * Missing, empty and malformed text is a reason, never zero.
 */
export function parseMoney(text: string): ParsedMoney {
  const trimmed = text.trim()
  if (trimmed === '') return { ok: false, reason: 'the amount is empty' }
  if (trimmed.length > 120) return { ok: false, reason: 'the amount is longer than 120 characters' }
  const match = DECIMAL.exec(trimmed)
  if (match === null) return { ok: false, reason: `"${trimmed}" is not a decimal amount` }
  const whole = match[2] ?? ''
  const fraction = match[3] ?? ''
  if (whole === '' && fraction === '') return { ok: false, reason: `"${trimmed}" has no digits` }
  const exponent = match[4] === undefined ? 0 : Number(match[4])
  const { units, exact } = scaleDigits(whole + fraction, fraction.length - exponent)
  const signed = match[1] === '-' ? -units : units
  if (units > MAX_UNITS) return { ok: false, reason: `"${trimmed}" is too large to book` }
  return { ok: true, units: signed, decimals: Math.max(0, fraction.length - exponent), rounded: !exact }
}

/** The units of text that was checked when it was read. Throws InvariantError on anything else: it must never count as zero. */
export function unitsOf(text: string): Units {
  const parsed = parseMoney(text)
  if (parsed.ok) return parsed.units
  throw new InvariantError('AMOUNT_UNREADABLE', `An amount that was kept cannot be read: ${parsed.reason}.`, KEPT_HINT)
}

const KEPT_HINT =
  'Nothing was written. Run tieout ledger verify: the landed settings or the decision may have been changed.'

/** digits × 10^-decimals as units, half-even at the eighth place. `exact` is false when that moved it by more than 10⁻⁹. */
function scaleDigits(digits: string, decimals: number): { readonly units: Units; readonly exact: boolean } {
  const value = BigInt(digits)
  if (decimals <= SCALE) return { units: value * 10n ** BigInt(SCALE - decimals), exact: true }
  const divisor = 10n ** BigInt(decimals - SCALE)
  const units = divideHalfEven(value, divisor)
  const moved = units * divisor - value
  const magnitude = moved < 0n ? -moved : moved
  return { units, exact: magnitude * 10n <= divisor }
}

/** Rounds n / d to the nearest integer, ties to even. d must be positive. */
export function divideHalfEven(n: bigint, d: bigint): bigint {
  const floor = floorDivide(n, d)
  const twice = (n - floor * d) * 2n
  if (twice < d) return floor
  if (twice > d) return floor + 1n
  return floor % 2n === 0n ? floor : floor + 1n
}

/** Rounds n / d to the nearest integer, ties away from zero: what most vendors' own code does. d must be positive. */
export function divideHalfUp(n: bigint, d: bigint): bigint {
  return n < 0n ? -divideHalfUp(-n, d) : (n * 2n + d) / (d * 2n)
}

/** Rounds n / d towards minus infinity. d must be positive. */
export function floorDivide(n: bigint, d: bigint): bigint {
  const quotient = n / d
  return n % d < 0n ? quotient - 1n : quotient
}

export function abs(units: Units): Units {
  return units < 0n ? -units : units
}

/** All eight places, always: "-4.50000000". What proofs, differences and hledger files print. */
export function formatExact(units: Units): string {
  return formatDecimals(units, SCALE)
}

/** The shortest exact decimal with at least `minimum` places: 4.5 → "4.50", 0.27819 → "0.27819". */
export function formatMoney(units: Units, minimum = 2): string {
  const exact = formatExact(units)
  let end = exact.length
  const least = exact.length - SCALE + minimum
  while (end > least && exact[end - 1] === '0') end -= 1
  return exact.slice(0, exact[end - 1] === '.' ? end - 1 : end)
}

/** Decimals without the zeros at the end: 0.2981 has four. */
export function significantDecimals(units: Units): number {
  let decimals = SCALE
  while (decimals > 0 && units % lastPlace(decimals - 1) === 0n) decimals -= 1
  return decimals
}

/** One unit of the last decimal that is shown: 4 decimals, 0.0001. Of more decimals than are kept, the last one kept. */
export function lastPlace(decimals: number): Units {
  return 10n ** BigInt(SCALE - Math.min(Math.max(decimals, 0), SCALE))
}

/** An exact decimal of a value that is a whole multiple of 10⁻ᵈ; throws RangeError when it is not, since cutting digits loses money. */
export function formatDecimals(units: Units, decimals: number): string {
  const cut = 10n ** BigInt(SCALE - decimals)
  if (units % cut !== 0n) throw new RangeError(`${units} units has more than ${decimals} decimals`)
  const magnitude = abs(units) / cut
  const sign = units < 0n ? '-' : ''
  if (decimals === 0) return `${sign}${magnitude}`
  const text = magnitude.toString().padStart(decimals + 1, '0')
  return `${sign}${text.slice(0, -decimals)}.${text.slice(-decimals)}`
}

/** Minor-unit exponents other than 2 (ISO 4217). Journals are rounded to these. */
const MINOR_UNIT_DECIMALS: Readonly<Record<string, number>> = {
  BHD: 3,
  CLP: 0,
  IQD: 3,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KRW: 0,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  PYG: 0,
  TND: 3,
  UGX: 0,
  VND: 0,
  XAF: 0,
  XOF: 0,
}

/** How many decimals the currency's minor unit has: USD 2, JPY 0. */
export function minorUnitDecimals(currency: string): number {
  return MINOR_UNIT_DECIMALS[currency] ?? 2
}

/** How many units one minor unit (a cent) is: USD 1_000_000n. */
export function unitsPerMinor(currency: string): bigint {
  return 10n ** BigInt(SCALE - minorUnitDecimals(currency))
}
