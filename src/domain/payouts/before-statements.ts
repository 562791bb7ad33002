/** Whether an item is from before the statements of an account begin, so that none of them can be expected to show it. */
import type { ItemKind } from '../settlement/settlement.ts'
import { addBusinessDays, businessDaysBetween } from '../time/business-days.ts'
import type { IsoDate } from '../transaction.ts'
import { takenUpOn } from './window.ts'

export interface Begin {
  readonly day: IsoDate
  /** `settings`: what is older is not expected. `statement`: the first one's day, which a late line may still be after. */
  readonly by: 'settings' | 'statement'
}

export function isBefore(
  { kind, date, lastDate }: { readonly kind: ItemKind; readonly date: IsoDate; readonly lastDate: IsoDate },
  { day, by }: Begin,
): boolean {
  return by === 'settings' ? dayOf(kind, date, lastDate) < day : lastDate < day
}

/** A top-up's window is as long before its day as after it. */
function dayOf(kind: ItemKind, date: IsoDate, lastDate: IsoDate): IsoDate {
  if (kind !== 'top-up') return takenUpOn(kind, date)
  return addBusinessDays(date, Math.floor(businessDaysBetween(date, lastDate) / 2))
}
