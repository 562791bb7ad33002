/**
 * Payouts and a publisher's counter. Nobody documents whether `earnings` is a lifetime total or what is still unpaid:
 * a fall that resembles a payout raises the question, and once a person has said "unpaid", payouts explain falls.
 */
import { addDays, daysBetween } from '../time/dates.ts'
import type { CounterPolicy } from './counter-policy.ts'
import { formatMoney, type Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'

export interface KnownPayout {
  /** "payout" or "payout-fee" and the reference of the statement: unique within the source. */
  readonly key: string
  readonly reference: string
  /** What the network took from the balance, positive. */
  readonly amount: Units
  readonly date: IsoDate
  /** The day all of it had come back, of one that no reading has shown; absent of others. */
  readonly returnedOn?: IsoDate
}

/** The days a change covers: so many, the last of them `day`. */
export interface DaysCovered {
  readonly day: IsoDate
  readonly days: number
}

/**
 * Payouts within the days a payout and its fall may lie apart, the oldest first. All the days since the last accepted
 * reading count: a payout that made a reading wait is as near to the last of the readings that wait with it. What had come
 * back before those days did not lower the counter in them.
 */
export function payoutsNear(
  payouts: readonly KnownPayout[],
  { day, days }: DaysCovered,
  { payoutDays }: Pick<CounterPolicy, 'payoutDays'>,
): readonly KnownPayout[] {
  const first = addDays(day, 1 - days)
  return payouts
    .filter(({ date, returnedOn = first }) => {
      const isNear = daysBetween(date, first) <= payoutDays && daysBetween(day, date) <= payoutDays
      return isNear && returnedOn >= first
    })
    .toSorted((a, b) => (a.date === b.date ? (a.key < b.key ? -1 : 1) : a.date < b.date ? -1 : 1))
}

/**
 * The payout a fall may come from: exactly, with a fee on top, or less what is usually earned meanwhile. Only a
 * likeness, so it is never booked on its strength alone.
 */
export function resemblesPayout(
  fall: Units,
  payouts: readonly KnownPayout[],
  { payoutFeePercent }: Pick<CounterPolicy, 'payoutFeePercent'>,
  usualEarnings: Units,
): KnownPayout | null {
  const hit = payouts.find(({ amount }) => {
    const slack = (amount * BigInt(payoutFeePercent)) / 100n
    const earned = usualEarnings * 2n
    return fall <= amount + slack && fall >= amount - (earned > slack ? earned : slack)
  })
  return hit ?? null
}

export type Explained =
  | { readonly kind: 'explained'; readonly change: Units; readonly payouts: readonly KnownPayout[] }
  | { readonly kind: 'ambiguous'; readonly reason: string }

/** What may be earned beside a payout. */
export interface Beside {
  readonly isPlausible: (rise: Units) => boolean
  /** What the days of the change usually bring; zero when too little is known. Null: a person has said that it was all earned. */
  readonly usual: Units | null
}

/**
 * What an unpaid balance's change is without payouts. A fall takes as few of them as turn it into a rise, the oldest
 * first; a fall they cannot turn stays a fall. One that is less than half of the last payout it needs, and leaves more
 * than twice what is usual, may as well have been taken back: that is asked. Without a fall it cannot be seen whether the
 * network has taken a payout that is due: when taking it would make the rise implausible it has not, otherwise that is
 * asked. `raw` is signed; `day` is the day the reading speaks of.
 */
export function explainByPayouts(
  raw: Units,
  payouts: readonly KnownPayout[],
  day: IsoDate,
  { isPlausible, usual }: Beside,
): Explained {
  if (raw >= 0n) {
    const due = payouts.find(({ date }) => date <= day)
    if (due === undefined || !isPlausible(raw + due.amount)) return { kind: 'explained', change: raw, payouts: [] }
    const { reference, amount, date } = due
    const reason = `the payout ${reference} of ${formatMoney(amount)} on ${date} is due, but the unpaid balance did not fall: either it has not been taken yet, or that much more was earned`
    return { kind: 'ambiguous', reason }
  }
  let change = raw
  const applied: KnownPayout[] = []
  for (const payout of payouts) {
    if (change >= 0n) break
    change += payout.amount
    applied.push(payout)
  }
  const last = applied.at(-1)
  if (change < 0n || last === undefined) return { kind: 'explained', change: raw, payouts: [] }
  if (usual === null || change <= usual * 2n || change * 2n <= last.amount)
    return { kind: 'explained', change, payouts: applied }
  const { reference, amount, date } = last
  const reason =
    `the unpaid balance fell by ${formatMoney(-raw)}: the payout ${reference} of ${formatMoney(amount)} on ${date} may have lowered it with ` +
    `${formatMoney(change)} earned besides, or it has not been taken yet and the fall is a clawback`
  return { kind: 'ambiguous', reason }
}

/** The key of what came back of a payout begins so. */
export const RETURN_PREFIX = 'payout-returned:'

/** For "like": rows about what came back. */
export const RETURNS = `${RETURN_PREFIX}%`

export function isReturn(key: string): boolean {
  return key.startsWith(RETURN_PREFIX)
}
