/** How scripts round money (domain.md 1.3). Exact on whole numbers, and written for the simulated world alone. */
import type { Rounding, RoundingMode } from './plan.ts'

/** `top / bottom` as a whole number; both zero or more. */
function divide(top: bigint, bottom: bigint, mode: Exclude<RoundingMode, 'ratio-6'>): bigint {
  const whole = top / bottom
  const rest = top % bottom
  if (rest === 0n) return whole
  switch (mode) {
    case 'floor':
      return whole
    case 'ceil':
      return whole + 1n
    case 'half-up':
      return rest * 2n >= bottom ? whole + 1n : whole
    case 'half-even':
      return rest * 2n > bottom || (rest * 2n === bottom && whole % 2n === 1n) ? whole + 1n : whole
  }
}

function unitOf(decimals: number): bigint {
  return 10n ** BigInt(8 - decimals)
}

/** `amount` to so many decimals; negative ones away from or towards zero like positive ones. */
export function roundTo(amount: bigint, decimals: number, mode: 'floor' | 'half-up'): bigint {
  const unit = unitOf(decimals)
  return amount < 0n ? -divide(-amount, unit, mode) * unit : divide(amount, unit, mode) * unit
}

/** The part of `amount` that `part` of `whole` comes to. */
export function shareOf(amount: bigint, part: number, whole: number, { mode, decimals }: Rounding): bigint {
  const unit = unitOf(decimals)
  if (mode !== 'ratio-6') return divide(amount * BigInt(part), BigInt(whole) * unit, mode) * unit
  const millionths = divide(BigInt(part) * 1_000_000n, BigInt(whole), 'half-up')
  return divide(amount * millionths, 1_000_000n * unit, 'half-up') * unit
}

/** What `quantity` costs at `rate` for 1,000, or one package at `rate`. */
export function priceOf(rate: bigint, quantity: number | null, percent: number, decimals: number): bigint {
  const [units, per] = quantity === null ? [1n, 1n] : [BigInt(quantity), 1000n]
  return divide(rate * units * BigInt(percent), per * 100n * unitOf(decimals), 'half-up') * unitOf(decimals)
}
