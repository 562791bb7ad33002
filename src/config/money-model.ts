/**
 * What the configuration says about money outside the vendors: accounts whose statements are imported, what their lines
 * mean, when payouts are due, and how far matching may go by itself.
 */
import type { Units } from '../domain/money/money.ts'

export const MONEY_ACCOUNT_TYPES = ['bank', 'card', 'paypal', 'razorpay'] as const
export type MoneyAccountType = (typeof MONEY_ACCOUNT_TYPES)[number]

/** What a line is when its text matches a rule. Words that concern a vendor need its source; a transfer needs the other account. */
export const LINE_MEANINGS = [
  'payout',
  'top-up',
  'transfer',
  'processor-fee',
  'bank-charge',
  'income',
  'not-ours',
] as const
/** Or a ledger account by its code: M1, any account can be what a line is. */
export type LineMeaning = (typeof LINE_MEANINGS)[number] | (string & {})

export interface DescriptorRule {
  /** Looked for in description and counterparty, whatever the case. */
  readonly contains: string
  readonly means: LineMeaning
  /** A publisher for payouts, a panel or advertiser for top-ups, a money account for transfers; null otherwise. */
  readonly of: string | null
  /** Of a top-up: which of the account's fees is in its lines, or "none"; null: the only one there is. */
  readonly fee: string | null
}

/** What a processor takes off what it pays out, or a card adds to what is paid in. */
export interface FeeConfig {
  readonly name: string
  readonly basisPoints: number
  readonly flat: Units
}

export const DATE_ORDERS = ['dmy', 'mdy', 'ymd'] as const
export const DECIMAL_MARKS = ['.', ','] as const

export interface MoneyAccountConfig {
  readonly name: string
  readonly type: MoneyAccountType
  /** The currency of lines that name none; a PayPal account may hold others beside it. */
  readonly currency: string
  /** Of times without a zone, and of the booking day. */
  readonly timeZone: string
  /** The account in the chart; its wallet in the ledger is the account's name. */
  readonly code: string
  /** IBAN or number, to refuse the statement of another account; null: not checked. */
  readonly number: string | null
  /** What the books expect from before this day is on no statement; null: from the first statement on. */
  readonly from: string | null
  /** Of files whose own dates or amounts do not tell; null: such a file is asked about. */
  readonly dateOrder: (typeof DATE_ORDERS)[number] | null
  readonly decimal: (typeof DECIMAL_MARKS)[number] | null
  /** Of a bank's CSV, as after --columns; null: proposed from the header. */
  readonly columns: string | null
  readonly rules: readonly DescriptorRule[]
  readonly fees: readonly FeeConfig[]
}

export const PAYOUT_SCHEDULES = ['on_threshold', 'weekly', 'monthly', 'stated'] as const

/** When a publisher's unpaid earnings become a payout that is due, and how it is expected to arrive. */
export interface PayoutConfig {
  /** `stated`: only payouts that an evidence file states. */
  readonly schedule: (typeof PAYOUT_SCHEDULES)[number]
  /** Nothing is due below it. */
  readonly minimum: Units
  /** 1 Monday to 7 Sunday, the cut-off of `weekly`. */
  readonly weekday: number
  /** 1 to 28, the cut-off of `monthly`. */
  readonly dayOfMonth: number
  /** Days after the cut-off by which the money should be there; later it is overdue. */
  readonly dueDays: number
  /** The money account it is paid to; null: any. */
  readonly account: string | null
  /** Withheld by the payer, in hundredths of a percent. */
  readonly withholdingBasisPoints: number
  /** Of a month's earnings, expected to be clawed back: accrued at its end and reversed after; in hundredths of a percent. */
  readonly allowanceBasisPoints: number
}

export interface MatchingConfig {
  /** Business days between an expected payout and its line, and between a top-up and its line. */
  readonly payoutDays: number
  readonly topUpDays: number
  /** How far two currencies may be apart at their rates, in hundredths of a percent. */
  readonly currencyBasisPoints: number
}

/** From which amount or age an open exception is for review or to be escalated, and whose it is. */
export interface ExceptionPolicy {
  readonly reviewAbove: Units
  readonly escalateAbove: Units
  readonly escalateDays: number
  /** By code; `default` for the others. */
  readonly owners: ReadonlyMap<string, string>
}
