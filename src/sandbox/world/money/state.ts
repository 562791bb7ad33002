/**
 * Money outside the vendors: the agency's bank account and its PayPal account, every line they ever showed, and what each
 * line really was about. The bank and PayPal print their lines; what a line is about only the truth tells.
 */
import type { Units } from '../../../domain/money/money.ts'
import type { Random } from '../random.ts'

export type MoneyAccountName = 'checking' | 'paypal'

export interface MoneyOptions {
  /** Default "20000.00" and "1500.00", in USD. */
  readonly openingChecking?: string
  readonly openingPaypal?: string
  /** True: a tool is paid in EUR from USD on the 8th of every month, so that PayPal converts. Default false. */
  readonly paysInEur?: boolean
  /** What the bank is downloaded as; default 'camt'. */
  readonly bankFormat?: 'camt' | 'csv'
  readonly errors?: readonly PlantedError[]
}

/** Something that goes wrong from a day on, once. Days count from 1. */
export interface PlantedError {
  readonly kind:
    | 'charged-twice'
    | 'never-charged'
    | 'short-by-a-cent'
    | 'short-by-five'
    | 'payout-returned'
    | 'equal-pair'
    | 'unknown-line'
  readonly day: number
}

/** What PayPal calls a line; a bank has one word for all. */
export type PaypalType = 'payment' | 'bill' | 'authorization' | 'deposit' | 'withdrawal' | 'conversion' | 'reversal'

export interface MoneyLine {
  /** The bank's or PayPal's own id. */
  readonly id: string
  readonly account: MoneyAccountName
  readonly atMs: number
  readonly currency: 'USD' | 'EUR'
  /** Signed; what moved the account is gross less fee. */
  readonly gross: Units
  /** Positive for money taken, and printed with the line. */
  readonly fee: Units
  /** Only posted lines moved money. */
  readonly status: 'posted' | 'pending' | 'memo'
  readonly type: PaypalType
  readonly party: string
  readonly text: string
  /** An invoice number or end-to-end id; empty when the line names none. */
  readonly reference: string
  /** Another line of the same account, which this one is about. */
  readonly relatedId: string
  /** "top-up netpanel-topup-3", "payout 2", "transfer 1": never printed. */
  readonly about: string
}

export interface WorldPayout {
  readonly number: number
  readonly publisher: string
  readonly atMs: number
  readonly amount: Units
}

export interface WorldTransfer {
  readonly number: number
  readonly from: MoneyAccountName
  readonly amount: Units
}

export interface MoneyState {
  readonly options: MoneyOptions
  readonly random: Random
  readonly opening: Readonly<Record<MoneyAccountName, Units>>
  /** In the order of booking. */
  readonly lines: MoneyLine[]
  readonly payouts: WorldPayout[]
  readonly transfers: WorldTransfer[]
  /** Planted errors that have not happened yet. */
  readonly errors: PlantedError[]
  /** Posted to PayPal since the last transfer to the bank. */
  toWithdraw: Units
  isFunding: boolean
  lineCount: number
}

export function netOf({ gross, fee }: Pick<MoneyLine, 'gross' | 'fee'>): Units {
  return gross - fee
}

export function balanceOf(money: MoneyState, account: MoneyAccountName, currency: 'USD' | 'EUR' = 'USD'): Units {
  const start = currency === 'USD' ? money.opening[account] : 0n
  return money.lines
    .filter((line) => line.account === account && line.currency === currency && line.status === 'posted')
    .reduce((sum, line) => sum + netOf(line), start)
}
