/**
 * How a bank's CSV is read: which column is what, the order of dates, the decimal mark, the direction. An account has one,
 * proposed by its first file or said by a person; all later files are read by it, and none is read another way unsaid.
 */
import type { AccountKind } from './statement.ts'

/**
 * What a column of a bank's CSV can be. `description`, `counterparty`, `reference` and `type` may be several columns. `fee` is
 * taken on top of the amount; `account` is the account's own number, where one file holds several.
 */
export const BANK_ROLES = [
  'date',
  'valueDate',
  'amount',
  'debit',
  'credit',
  'direction',
  'balance',
  'fee',
  'currency',
  'account',
  'description',
  'counterparty',
  'reference',
  'id',
  'type',
  'status',
] as const
export type BankRole = (typeof BANK_ROLES)[number]

/** `in-positive` is the usual: what comes in is positive. Some card statements print what was spent as positive. */
export const AMOUNT_SIGNS = ['in-positive', 'out-positive'] as const
export type AmountSign = (typeof AMOUNT_SIGNS)[number]

/** Whether the balance printed beside a line is the one after it, as usual, or the one before it. */
export const BALANCE_PLACES = ['after', 'before'] as const
export type BalancePlace = (typeof BALANCE_PLACES)[number]

/** Which of two lines of one day stands first. */
export const LINE_ORDERS = ['oldest-first', 'newest-first'] as const
export type LineOrder = (typeof LINE_ORDERS)[number]

export const DATE_ORDERS = ['dmy', 'mdy', 'ymd'] as const
export type DateOrder = (typeof DATE_ORDERS)[number]

export interface BankProfile {
  /** The header of the file it was proposed from, as printed. */
  readonly headers: readonly string[]
  /** Headers of columns that held nothing so far: what stands in them one day is as new as another column. */
  readonly empty: readonly string[]
  /** Of every role its columns, each by its header or by its number from 1 as "#3"; empty where no column is it. */
  readonly columns: Readonly<Record<BankRole, readonly string[]>>
  /** Null: no date needed one so far. */
  readonly dateOrder: DateOrder | null
  /** Null: no amount had one so far. */
  readonly decimal: '.' | ',' | null
  /** Of a single signed amount; for debits and credits in-positive unless they are swapped. */
  readonly sign: AmountSign
  readonly balance: BalancePlace
  /** Where the lines of a day were last found; people sort their downloads, so a file may differ in it. */
  readonly order: LineOrder
  /** Its balances are what is owed, as on a card. Null: none followed so far. */
  readonly isOwed: boolean | null
  /** A fee beside the amount is taken on top of it. Null: no line had one so far. */
  readonly isFeeOnTop: boolean | null
  /** The account's type when it was proposed: a card is never read as a bank account was. */
  readonly kind: AccountKind | null
}

/** What a person is shown of a profile: what each column was taken for, beside rows of the file. */
export interface ReadByProfile {
  readonly profile: BankProfile
  /** No earlier file of the account was read by it. */
  readonly isNew: boolean
  /** "line 2: 59.99 out on 2026-03-05"; null where no line moved money. */
  readonly sentence: string | null
  readonly samples: readonly { readonly line: number; readonly cells: readonly string[] }[]
}
