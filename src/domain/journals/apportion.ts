/** Whole units out of exact shares: the largest remainders are rounded up, so that the parts always sum to the whole. */
import { floorDivide } from '../money/money.ts'

/**
 * One whole number for each of `shares`, near share / `divisor`, summing to `total`. Ties go to the earlier share. When
 * `total` is what the shares come to, none is a whole unit away from its share. No shares take no total but zero.
 */
export function apportion(shares: readonly bigint[], divisor: bigint, total: bigint): readonly bigint[] {
  if (shares.length === 0) {
    if (total === 0n) return []
    throw new RangeError(`${total} cannot be divided among nobody`)
  }
  const floors = shares.map((share) => floorDivide(share, divisor))
  const missing = total - floors.reduce((sum, floor) => sum + floor, 0n)
  const everyone = floorDivide(missing, BigInt(shares.length))
  const left = Number(missing - everyone * BigInt(shares.length))
  const remainder = (index: number): bigint => (shares[index] ?? 0n) - (floors[index] ?? 0n) * divisor
  const byRemainder = [...shares.keys()].toSorted((a, b) => {
    const [first, second] = [remainder(a), remainder(b)]
    if (first === second) return a - b
    return first > second ? -1 : 1
  })
  const up = new Set(byRemainder.slice(0, left))
  return floors.map((floor, index) => floor + everyone + (up.has(index) ? 1n : 0n))
}
