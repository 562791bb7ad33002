/**
 * What a network owes at a cut-off: all of what is unpaid once it reaches the minimum, in whole cents; below it, or when
 * more was clawed back than earned, it is carried to the next cut-off. And which due payout one that is stated later is.
 */
import { unitsPerMinor, type Units } from '../money/money.ts'
import { addDays } from '../time/dates.ts'
import type { IsoDate } from '../transaction.ts'

/** Zero when nothing is due. Fractions of a cent stay unpaid. */
export function payoutDue(unpaid: Units, minimum: Units, currency: string): Units {
  if (unpaid < minimum || unpaid <= 0n) return 0n
  return unpaid - (unpaid % unitsPerMinor(currency))
}

/** A payout the books say is due, that no file has stated yet. */
export interface DuePayout {
  /** "payout:due-2026-03-18" */
  readonly key: string
  readonly amount: Units
  readonly date: IsoDate
}

export interface StatedPayout {
  readonly amount: Units
  readonly date: IsoDate
}

export type Adoption =
  | { readonly kind: 'none' }
  | { readonly kind: 'adopts'; readonly due: DuePayout }
  | { readonly kind: 'ambiguous'; readonly dues: readonly DuePayout[] }

/** A day's leeway: networks and banks keep different midnights. */
export const EARLY_DAYS = 1

/**
 * A cut-off takes all that is unpaid, so a payout stated within its days is paid out of it: the one due payout of the
 * same amount, else the only one in those days, whose amount then is what was stated. With several and none equal,
 * nothing tells which it is.
 */
export function adoptDue(stated: StatedPayout, dues: readonly DuePayout[], withinDays: number): Adoption {
  const near = dues.filter(
    ({ date }) => date <= addDays(stated.date, EARLY_DAYS) && stated.date <= addDays(date, withinDays),
  )
  const equal = near.filter(({ amount }) => amount === stated.amount)
  const [due, ...others] = equal.length > 0 ? equal : near
  if (due === undefined) return { kind: 'none' }
  return others.length === 0 || equal.length > 0 ? { kind: 'adopts', due } : { kind: 'ambiguous', dues: near }
}
