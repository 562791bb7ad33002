/** On which days a statement may show what the books expect. Networks and banks keep different midnights, so a day before is as good. */
import type { ItemKind } from '../settlement/settlement.ts'
import { addBusinessDays } from '../time/business-days.ts'
import { addDays } from '../time/dates.ts'
import type { IsoDate } from '../transaction.ts'

export interface WindowDays {
  /** Days a network has to pay; zero where it is not known. */
  readonly dueDays: number
  /** Business days. */
  readonly payoutDays: number
  readonly topUpDays: number
}

export interface Window {
  readonly date: IsoDate
  readonly lastDate: IsoDate
}

const EARLY_DAYS = 1

/** `day`: when the books took it up. A top-up may be paid before the wallet shows it, or after. */
export function windowOf(kind: ItemKind, day: IsoDate, { dueDays, payoutDays, topUpDays }: WindowDays): Window {
  if (kind === 'top-up') return { date: addBusinessDays(day, -topUpDays), lastDate: addBusinessDays(day, topUpDays) }
  const last = kind === 'payout' ? addDays(day, dueDays) : day
  return { date: addDays(day, -EARLY_DAYS), lastDate: addBusinessDays(last, payoutDays) }
}

/** The day the books took an item up, whose rate it is carried at; from the first day of its window. */
export function takenUpOn(kind: ItemKind, from: IsoDate): IsoDate {
  return kind === 'top-up' ? from : addDays(from, EARLY_DAYS)
}

/** The last day on which a payout is in order. */
export function dueBy(from: IsoDate, dueDays: number): IsoDate {
  return addDays(takenUpOn('payout', from), dueDays)
}
