/**
 * How the columns of a bank's CSV are meant where their names do not tell, and what decides it beside the file itself:
 * what earlier files of the account proved, and what they closed with.
 */
import type { Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'
import { isSameAccount } from './account-number.ts'

/** `in-positive` is the usual: what comes in is positive. Some card statements print what was spent as positive. */
export const AMOUNT_SIGNS = ['in-positive', 'out-positive'] as const
export type AmountSign = (typeof AMOUNT_SIGNS)[number]

/** Whether the balance printed beside a line is the one after it, as usual, or the one before it. */
export const BALANCE_PLACES = ['after', 'before'] as const
export type BalancePlace = (typeof BALANCE_PLACES)[number]

/** Which of two lines of one day stands first. */
export const LINE_ORDERS = ['oldest-first', 'newest-first'] as const
export type LineOrder = (typeof LINE_ORDERS)[number]

/** Null: not known. */
export interface BankReading {
  readonly sign: AmountSign | null
  readonly balance: BalancePlace | null
  readonly order: LineOrder | null
  /** True: a fee beside the amount was taken on top of it. */
  readonly isFeeOnTop: boolean | null
  /** True: its balances are what is owed. */
  readonly isOwed: boolean | null
}

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
