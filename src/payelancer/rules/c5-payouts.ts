/**
 * C5: of a counter of what is unpaid, one payout on record explains one fall, if what remains is nothing to two usual days
 * in all; one that came back explains a rise likewise. Of several that fit the oldest is taken; if none does, it is asked.
 */
import type { Units } from '../../domain/money/money.ts'
import { addDays } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { RecordedPayout } from './reading.ts'

/** A payout is dated up to so many days after the fall that it caused; a stated one that no fall shows for so long is asked for. */
export const PAYOUT_DAYS = 7
/** Networks and banks keep different midnights. */
const EARLY_DAYS = 1
const USUAL_DAYS_BESIDE = 2n

export interface Explained {
  readonly payout: RecordedPayout
  /** Earned beside it. */
  readonly earned: Units
}

/** A move of the counter, and the vendor days it covers. */
export interface Move {
  readonly change: Units
  readonly from: IsoDate
  readonly day: IsoDate
}

/** `shown`: keys of the payouts that earlier readings have shown. Null: none explains it. */
export function explain(
  move: Move,
  payouts: readonly RecordedPayout[],
  shown: ReadonlySet<string>,
  usual: Units,
): Explained | null {
  const fits = ({ earned }: Explained): boolean => earned >= 0n && earned <= USUAL_DAYS_BESIDE * usual
  return candidates(move, payouts, shown).find(fits) ?? null
}

/** What may explain a move, oldest first: payouts a fall, returns a rise. */
export function candidates(
  move: Move,
  payouts: readonly RecordedPayout[],
  shown: ReadonlySet<string>,
): readonly Explained[] {
  return move.change < 0n ? paidNear(move, payouts, shown) : returnedNear(move, payouts, shown)
}

/** Payouts near the days of a move that no reading has shown, oldest first. */
export function paidNear(
  move: Move,
  payouts: readonly RecordedPayout[],
  shown: ReadonlySet<string>,
): readonly Explained[] {
  const back = returnedBy(payouts, move.day)
  return near(move, payouts, shown)
    .filter(({ key, amount, returnOf }) => returnOf === null && (back.get(key) ?? 0n) < amount)
    .map((payout) => ({ payout, earned: move.change + payout.amount }))
}

/** What came back of payouts that readings have shown. */
function returnedNear(
  move: Move,
  payouts: readonly RecordedPayout[],
  shown: ReadonlySet<string>,
): readonly Explained[] {
  return near(move, payouts, shown)
    .filter(({ returnOf }) => returnOf !== null && shown.has(returnOf))
    .map((payout) => ({ payout, earned: move.change - payout.amount }))
}

function near(
  { from, day }: Move,
  payouts: readonly RecordedPayout[],
  shown: ReadonlySet<string>,
): readonly RecordedPayout[] {
  const [first, last] = [addDays(from, -EARLY_DAYS), addDays(day, PAYOUT_DAYS)]
  return payouts
    .filter(({ key, date }) => !shown.has(key) && first <= date && date <= last)
    .toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
}

/** A payout dated in nights that nobody read may hide in what they add up to; null when none is. */
export function hiddenIn(
  { from, day }: Move,
  payouts: readonly RecordedPayout[],
  shown: ReadonlySet<string>,
): RecordedPayout | null {
  if (from === day) return null
  const isIn = ({ key, date, returnOf }: RecordedPayout): boolean =>
    returnOf === null && !shown.has(key) && from <= date && date <= day
  return payouts.find(isIn) ?? null
}

/** What came back of each payout by a day: one that was refused before it lowered anything shows in no fall. */
function returnedBy(payouts: readonly RecordedPayout[], day: IsoDate): ReadonlyMap<string, Units> {
  const back = new Map<string, Units>()
  for (const { returnOf, amount, date } of payouts)
    if (returnOf !== null && date <= day) back.set(returnOf, (back.get(returnOf) ?? 0n) + amount)
  return back
}
