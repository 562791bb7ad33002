/**
 * Is a rise out of the ordinary? Compared with the median of earlier accepted rises, per day, so that a week that was
 * missed is no spike; and earnings per impression and per click with theirs. Fewer than five earlier rises prove nothing.
 * A low rate alone is none when a clawback that is booked unasked would leave it.
 */
import type { CounterPolicy } from './counter-policy.ts'
import { formatMoney, type Units } from '../money/money.ts'

/** A rise and the traffic that came with it; null where a reading had no such count. */
export interface PastChange {
  readonly amount: Units
  readonly days: number
  readonly impressions: bigint | null
  readonly clicks: bigint | null
}

export const SPIKE_NEEDS = 5

/** Thousandths of a unit per impression are lost without it. */
const RATE_SCALE = 1_000_000n

/**
 * A sentence saying what is out of the ordinary, or null. `history` holds rises only. `mayBeTakenBack` tells of what a
 * rise lacks to its usual rate whether a fall of as much alone would be booked unasked.
 */
export function spikeReason(
  change: PastChange,
  history: readonly PastChange[],
  policy: Pick<CounterPolicy, 'spikeFactor' | 'rateFactor'>,
  mayBeTakenBack: (missing: Units) => boolean = () => false,
): string | null {
  const { spikeFactor, rateFactor } = policy
  const usual = history.length < SPIKE_NEEDS ? null : median(history.map(perDay))
  if (spikeFactor !== null && usual !== null && perDay(change) > usual * BigInt(spikeFactor)) {
    return `the counter rose by ${formatMoney(change.amount)}${overDays(change.days)}, more than ${spikeFactor} times the median of ${formatMoney(usual)} a day over the last ${history.length} rises`
  }
  if (rateFactor === null) return null
  const band = { factor: BigInt(rateFactor), mayBeTakenBack }
  return (
    bandReason('impression', change, history, (each) => each.impressions, band) ??
    bandReason('click', change, history, (each) => each.clicks, band)
  )
}

/** What so many days bring as a rule; zero when too little is known. */
export function typicalChange(history: readonly PastChange[], days: number): Units {
  return history.length < SPIKE_NEEDS ? 0n : median(history.map(perDay)) * BigInt(days)
}

function bandReason(
  unit: 'impression' | 'click',
  change: PastChange,
  history: readonly PastChange[],
  countOf: (change: PastChange) => bigint | null,
  { factor, mayBeTakenBack }: { readonly factor: bigint; readonly mayBeTakenBack: (missing: Units) => boolean },
): string | null {
  const rateOf = (each: PastChange): bigint | null => {
    const count = countOf(each)
    return count === null || count <= 0n ? null : (each.amount * RATE_SCALE) / count
  }
  const rate = rateOf(change)
  const rates = history.map(rateOf).filter((each) => each !== null)
  if (rate === null || rates.length < SPIKE_NEEDS) return null
  const usual = median(rates)
  if (rate <= usual * factor && rate * factor >= usual) return null
  const missing = (usual * (countOf(change) ?? 0n)) / RATE_SCALE - change.amount
  if (missing > 0n && mayBeTakenBack(missing)) return null
  const shown = (each: bigint): string => formatMoney(each / RATE_SCALE)
  return `the amount per ${unit} is ${shown(rate)}, outside ${factor} times over or under its median of ${shown(usual)}`
}

function perDay({ amount, days }: PastChange): Units {
  return amount / BigInt(Math.max(1, days))
}

/** The middle one; the lower of two, so that the limit is the stricter one. */
function median(values: readonly bigint[]): bigint {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0n
}

function overDays(days: number): string {
  return days > 1 ? ` over ${days} days` : ''
}
