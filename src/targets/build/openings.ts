/**
 * Opening balances that stay at home: a company has its own, and would have them twice. What is left out is whole minor
 * units of both sides of each opening, so that an entry balances as before and no fraction of a cent is lost.
 */
import type { RoundedLine } from '../../domain/journals/rounding.ts'
import { unitsPerMinor, type Units } from '../../domain/money/money.ts'
import type { AccountKey } from '../../domain/transaction.ts'
import type { DimensionShare, DimensionSums } from './dimensions.ts'

/** What openings put on each account, in whole minor units; debit positive. They sum to zero. */
export type Openings = ReadonlyMap<AccountKey, Units>

export const NO_OPENINGS: Openings = new Map()

/** Of the postings of openings, one by one: each side is cut to the minor unit, towards zero. */
export function openingsOf(
  postings: readonly { readonly account: AccountKey; readonly amount: Units }[],
  currency: string,
): Openings {
  const unit = unitsPerMinor(currency)
  const sums = new Map<AccountKey, Units>()
  for (const { account, amount } of postings) sums.set(account, (sums.get(account) ?? 0n) + amount - (amount % unit))
  return sums
}

/** As a journal that takes them back has them. */
export function negated(openings: Openings): Openings {
  return new Map([...openings].map(([account, amount]) => [account, -amount]))
}

export function linesWithout(lines: readonly RoundedLine[], openings: Openings): readonly RoundedLine[] {
  return lines.map((line) => {
    const opening = openings.get(line.account) ?? 0n
    return opening === 0n ? line : { ...line, exact: line.exact - opening, rounded: line.rounded - opening }
  })
}

/** What orders have no part in is what the openings are of. */
export function sharesWithout(sums: DimensionSums, openings: Openings): DimensionSums {
  return new Map([...sums].map(([account, shares]) => [account, sharesLess(shares, openings.get(account) ?? 0n)]))
}

function sharesLess(shares: readonly DimensionShare[], opening: Units): readonly DimensionShare[] {
  if (opening === 0n) return shares
  const isRest = ({ service, client }: DimensionShare): boolean => service === null && client === null
  const rest = shares.find(isRest)?.exact ?? 0n
  return [{ service: null, client: null, exact: rest - opening }, ...shares.filter((share) => !isRest(share))]
}
