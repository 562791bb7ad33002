/**
 * What is known to be taken between an item and its line: the money account's fees and the tax a payer withholds, alone
 * and together. A payer withholds of what is owed, and a processor takes its fee of what reaches it. A fee that is not in
 * these rules is never assumed.
 */
import { divideHalfUp, floorDivide, unitsPerMinor, type Units } from '../money/money.ts'
import type { TakenPart } from './settlement.ts'

export interface TakenRule {
  /** "paypal", "withholding", "withholding + paypal". */
  readonly name: string
  /** Of 10⁸ parts of the amount: a fee of a tenth of a percent beside a tax of one is no whole basis point. */
  readonly share: bigint
  readonly flat: Units
  /** How many of its parts are shares, each rounded by whoever takes it; at least one. */
  readonly roundings: bigint
  readonly parts: readonly TakenPart[]
}

export interface TakenSettings {
  /** Of the money account: a bank's fee is a wire's. */
  readonly isBank: boolean
  readonly fees: readonly { readonly name: string; readonly basisPoints: number; readonly flat: Units }[]
  /** Zero when the payer withholds nothing. */
  readonly withholdingBasisPoints: number
}

const WITHHOLDING = 'withholding'
/** All of an amount, in the parts of a share. */
export const WHOLE_SHARE = 100_000_000n

export function takenRules({ isBank, fees, withholdingBasisPoints }: TakenSettings): readonly TakenRule[] {
  const kind = isBank ? 'wire-fee' : 'payout-fee'
  const alone = fees.map(({ name, basisPoints, flat }) => ruleOf(name, [{ kind, basisPoints, flat }]))
  if (withholdingBasisPoints === 0) return alone
  const withheld: TakenPart = { kind: WITHHOLDING, basisPoints: withholdingBasisPoints, flat: 0n }
  const both = alone.map(({ name, parts }) => ruleOf(`${WITHHOLDING} + ${name}`, [withheld, ...parts]))
  return [...alone, ruleOf(WITHHOLDING, [withheld]), ...both]
}

/** Each part takes of what those before it have left. */
function ruleOf(name: string, parts: readonly TakenPart[]): TakenRule {
  const left = parts.reduce((rest, part) => (rest * (10_000n - BigInt(part.basisPoints))) / 10_000n, WHOLE_SHARE)
  const flat = parts.reduce((sum, part) => sum + part.flat, 0n)
  const shares = parts.filter(({ basisPoints }) => basisPoints > 0).length
  return { name, share: WHOLE_SHARE - left, flat, roundings: BigInt(Math.max(1, shares)), parts }
}

/** What each part takes of what those before it have left, to the minor unit; positive. */
export function takenInTurn(
  parts: readonly TakenPart[],
  amount: Units,
  currency: string,
): readonly { readonly part: TakenPart; readonly amount: Units }[] {
  let left = amount < 0n ? -amount : amount
  return parts.map((part) => {
    const taken = takenOf(part, left, currency)
    left -= taken
    return { part, amount: taken }
  })
}

/** What one part takes of an amount, to the minor unit, half of one up; positive. */
export function takenOf(part: TakenPart, amount: Units, currency: string): Units {
  const magnitude = amount < 0n ? -amount : amount
  const minor = unitsPerMinor(currency)
  return divideHalfUp(magnitude * BigInt(part.basisPoints), 10_000n * minor) * minor + part.flat
}

/**
 * The difference shared out over the parts; the last takes the processor's rounding with it. Null when the parts come to
 * more than the difference, so that they cannot be what was taken.
 */
export function shareTaken(
  difference: Units,
  parts: readonly TakenPart[],
  amount: Units,
  currency: string,
): readonly { readonly part: TakenPart; readonly amount: Units }[] | null {
  let left = difference
  const shares = parts.map((part, index) => {
    const share = index === parts.length - 1 ? left : takenOf(part, amount, currency)
    left -= share
    return { part, amount: share }
  })
  return parts.length === 0 || shares.some((share) => share.amount < 0n) ? null : shares
}

/**
 * Amounts in whole minor units of which `net` is left, to half a minor unit for each rounding. Where a share is taken two
 * neighbours may leave the same; without any rule it is what arrived.
 */
export function grossesOf(
  net: Units,
  rules: readonly Pick<TakenRule, 'share' | 'flat' | 'roundings'>[],
  minor: Units,
): readonly Units[] {
  const taking = rules.filter(({ share, flat }) => share !== 0n || flat !== 0n)
  if (taking.length === 0) return [net]
  const found = taking.flatMap(({ share, flat, roundings }) => {
    const left = WHOLE_SHARE - share
    if (left <= 0n) return []
    // 2 × |gross × left − (net + flat) × WHOLE_SHARE| ≤ roundings × minor × WHOLE_SHARE, in steps of a minor unit.
    const [exact, half] = [2n * (net + flat) * WHOLE_SHARE, roundings * minor * WHOLE_SHARE]
    const first = -floorDivide(-(exact - half), 2n * left * minor)
    const last = floorDivide(exact + half, 2n * left * minor)
    const grosses: Units[] = []
    for (let each = first < 1n ? 1n : first; each <= last; each += 1n) grosses.push(each * minor)
    return grosses
  })
  return [...new Set(found)].toSorted((a, b) => (a < b ? -1 : 1))
}
