/**
 * Payouts that came back and are put onto an unpaid balance again: a rise that is no earnings. A return on record is taken
 * for part of a rise only where nothing else can be meant; where it may be in it, a person is asked.
 */
import { addDays } from '../time/dates.ts'
import type { CounterFacts } from './counter.ts'
import type { KnownPayout } from './counter-payout.ts'
import { typicalChange, type PastChange } from './counter-spike.ts'
import { formatMoney, type Units } from '../money/money.ts'

export type ReturnsIn =
  /** `returned`: what came back with this rise; usually none. */
  | { readonly kind: 'told'; readonly returned: readonly KnownPayout[] }
  | { readonly kind: 'ambiguous'; readonly reason: string }

const NONE = { kind: 'told', returned: [] } as const

/**
 * `rise` is what the counter moved by, signed. Each return, or all of them together, may be in it; what is left beside
 * must be nothing, or no more than a usual day's earnings. A rise that is itself a usual day's may be without any: that is
 * asked from the day of the return on, and means nothing before.
 */
export function returnsIn(
  rise: Units,
  { returns, history, day, days }: Pick<CounterFacts, 'returns' | 'history' | 'day' | 'days'>,
): ReturnsIn {
  const possible = waysOf(returns).filter((way) => sumOfPayouts(way) <= rise)
  const [first] = possible
  if (first === undefined) return NONE
  const most = typicalChange(history, days) * 2n
  const isUsual = rise <= most
  // Its day may be told a day later than the network's.
  if (isUsual && possible.flat().every(({ date }) => addDays(date, -1) > day)) return NONE
  const fitting = possible.filter((way) => leaves(rise, way) === 0n || leaves(rise, way) <= most)
  // Of several that came back with the same amount it does not matter which one it is.
  const [only] = fitting
  const isOne = new Set(fitting.map(sumOfPayouts)).size === 1
  if (!isUsual && only !== undefined && isOne) return { kind: 'told', returned: only }
  const beside = possible.map((way) => `${wordsOf(way)} with ${formatMoney(leaves(rise, way))} earned besides`)
  const reason =
    `the counter rose by ${formatMoney(rise)}: it may be ${beside.join(', or ')}, or all earned. ` +
    'When it came back: tieout counters accept READING --as payout-returned; when all was earned: --as spike-ok'
  return { kind: 'ambiguous', reason }
}

/** Whether a rise nobody has explained is near to a payout that may have come back: no usual day's, and little beside it. */
export function mayBeReturned(
  { amount: rise, days }: Pick<PastChange, 'amount' | 'days'>,
  payout: KnownPayout,
  history: readonly PastChange[],
): boolean {
  const most = typicalChange(history, days) * 2n
  // While it is not known what is usual, as much again.
  const beside = most === 0n ? payout.amount : most
  return rise > most && rise >= payout.amount && rise - payout.amount <= beside
}

export function sumOfPayouts(payouts: readonly KnownPayout[]): Units {
  return payouts.reduce((sum, { amount }) => sum + amount, 0n)
}

function waysOf(returns: readonly KnownPayout[]): readonly (readonly KnownPayout[])[] {
  const each = returns.map((one) => [one])
  return returns.length > 1 ? [...each, returns] : each
}

function leaves(rise: Units, way: readonly KnownPayout[]): Units {
  return rise - sumOfPayouts(way)
}

function wordsOf(way: readonly KnownPayout[]): string {
  const named = way.map(({ reference, amount }) => `${reference} of ${formatMoney(amount)}`)
  return `the returned ${way.length === 1 ? 'payout' : 'payouts'} ${named.join(' and ')}`
}
