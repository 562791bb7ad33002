/**
 * One order seen from three sides: what was ordered, what the panel says it charged, and what its wallet log moved. A
 * side that prints fewer decimals agrees within half of its last one; that is counted apart, so that nothing hides in it.
 */
import { abs, lastPlace, type Units } from '../money/money.ts'

/** Who said what an order was to cost. */
export type OrderedFrom = 'imported history' | 'catalogue'

export interface OrderSides {
  readonly order: string
  /** What was ordered comes to this; null when no price is known. */
  readonly ordered: { readonly amount: Units; readonly decimals: number; readonly from: OrderedFrom } | null
  /** Null when the panel has not answered; `unknown` when it does not know the order. Seen only after a refund, its full price is not known. */
  readonly vendor: { readonly full: Units; readonly net: Units; readonly isFullKnown: boolean } | 'unknown' | null
  /** Charges, and charges less refunds, by the log, and in how many lines; null when no line names the order. */
  readonly wallet: { readonly charged: Units; readonly net: Units; readonly lines: number } | null
  /** Whether the log covers the day of the order; null when nobody can tell. */
  readonly isCovered: boolean | null
}

export const ORDER_VERDICTS = ['agree', 'rounded', 'differ', 'missing', 'not-known'] as const
export type OrderVerdict = (typeof ORDER_VERDICTS)[number]

export interface Compared {
  readonly verdict: OrderVerdict
  /** The later side less the earlier one; zero where nothing can be compared. */
  readonly difference: Units
}

const NOT_KNOWN: Compared = { verdict: 'not-known', difference: 0n }

/** Registry against the panel: the full price, or what is left of it where a history shows only that. */
export function compareWithVendor({ ordered, vendor }: OrderSides): Compared {
  if (vendor === 'unknown') return { verdict: 'missing', difference: -(ordered?.amount ?? 0n) }
  if (vendor === null || ordered === null) return NOT_KNOWN
  const differences = [vendor.full - ordered.amount, vendor.net - ordered.amount]
  if (differences.includes(0n)) return { verdict: 'agree', difference: 0n }
  const difference = differences[0] ?? 0n
  const unit = lastPlace(ordered.decimals)
  const rounded = differences.find((each) => abs(each) * 2n <= unit)
  if (rounded !== undefined) return { verdict: 'rounded', difference: rounded }
  return !vendor.isFullKnown && vendor.net < ordered.amount ? NOT_KNOWN : { verdict: 'differ', difference }
}

/**
 * The panel, as far as its answers are booked, against its own wallet.
 *
 * @param unit what the log's last decimal is worth
 */
export function compareWithWallet({ vendor, wallet, isCovered }: OrderSides, unit: Units): Compared {
  if (vendor === null) return NOT_KNOWN
  const net = vendor === 'unknown' ? 0n : vendor.net
  if (wallet === null) {
    if (net === 0n) return vendor === 'unknown' ? NOT_KNOWN : { verdict: 'agree', difference: 0n }
    return isCovered === true ? { verdict: 'missing', difference: -net } : NOT_KNOWN
  }
  const difference = wallet.net - net
  if (difference === 0n) return { verdict: 'agree', difference }
  return { verdict: abs(difference) * 2n <= unit * BigInt(wallet.lines) ? 'rounded' : 'differ', difference }
}

/**
 * The registry against the wallet log, where the panel's answer cannot stand between them: the price as it was charged, or
 * what refunds have left of it.
 *
 * @param unit what the log's last decimal is worth
 */
export function compareRegistryWithWallet(sides: OrderSides, unit: Units): Compared {
  const { ordered, wallet } = sides
  // A log that begins after the charge shows the refund alone, and tells nothing about the price.
  if (ordered === null || wallet === null || wallet.charged === 0n) return NOT_KNOWN
  if (sides.vendor === 'unknown' || compareWithVendor(sides).verdict !== 'not-known') return NOT_KNOWN
  const differences = [wallet.charged - ordered.amount, wallet.net - ordered.amount]
  if (differences.includes(0n)) return { verdict: 'agree', difference: 0n }
  const within = lastPlace(ordered.decimals) + unit * BigInt(wallet.lines)
  const rounded = differences.find((each) => abs(each) * 2n <= within)
  if (rounded !== undefined) return { verdict: 'rounded', difference: rounded }
  return { verdict: 'differ', difference: differences[0] ?? 0n }
}

/** The largest power of ten of 10⁻⁸ that divides every amount: what the last decimal printed is worth. */
export function commonUnit(amounts: Iterable<Units>): Units {
  let unit = 10n ** 8n
  for (const amount of amounts) while (unit > 1n && amount % unit !== 0n) unit /= 10n
  return unit
}
