/** What earlier files of an account closed with: the closings before a section, of its account and currency. */
import type { Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'
import { isSameAccount } from './account-number.ts'

/** What an earlier file of the account closed with. */
export interface PreviousClosing {
  /** As that file names the account; null when it does not. */
  readonly accountNumber: string | null
  readonly currency: string
  /** The last day it speaks of. */
  readonly last: IsoDate
  readonly amount: Units
}

/**
 * The newest closings before a section, of its account and currency: several where files end on one day. What closed on the
 * section's own first day may have been cut out of its middle, and tells nothing.
 */
export function closingsBefore(
  closings: readonly PreviousClosing[],
  section: { readonly accountNumber: string | null; readonly currency: string; readonly first: IsoDate | null },
): readonly PreviousClosing[] {
  const { accountNumber, currency, first } = section
  const before = closings.filter(
    (each) =>
      each.currency === currency &&
      first !== null &&
      each.last < first &&
      isSameAccount(each.accountNumber ?? '', accountNumber ?? ''),
  )
  const newest = before.reduce((last, each) => (each.last > last ? each.last : last), '')
  return before.filter(({ last }) => last === newest)
}
