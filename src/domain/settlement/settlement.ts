/**
 * What matching tells about a statement line so that it can be booked, and what the line then posts. A line posts its
 * totals under one ledger object, "line:ID"; undoing its match means desired totals of nothing.
 */
import type { MoneyKind } from '../posting-rules.ts'
import type { Units } from '../money/money.ts'
import type { Rate } from '../money/rates.ts'
import type { MatchStep } from '../matching/match.ts'
import type { IsoDate } from '../transaction.ts'

export const ITEM_KINDS = ['payout', 'payout-return', 'top-up', 'transfer', 'settlement', 'wallet-refund'] as const
/** What the books expect a statement to show. `settlement` is a transfer known by its UTR. */
export type ItemKind = (typeof ITEM_KINDS)[number]

/** The part of a line that a match takes, or the whole line where there is no match. */
export interface SettledLine {
  readonly id: string
  /** As it moves the account: in positive, out negative. */
  readonly amount: Units
  readonly currency: string
  readonly date: IsoDate
  /** What the line itself says was taken off it: positive for money taken; null when it does not say. */
  readonly fee: Units | null
  readonly tax: Units | null
}

/** The part of an open item that a match takes. */
export interface SettledItem {
  readonly id: string
  readonly kind: ItemKind
  /** The vendor; for transfers and settlements the account the money left. */
  readonly source: string
  /** Signed as the account sees it: payout in, top-up out. */
  readonly amount: Units
  readonly currency: string
  /** The day the books took it up, whose rate an item in a foreign currency is carried at. */
  readonly date: IsoDate
}

/** One known part of what is taken between: basis points of what the parts before it have left, and a flat amount. */
export interface TakenPart {
  readonly kind: 'withholding' | 'payout-fee' | 'wire-fee' | 'surcharge'
  readonly basisPoints: number
  /** Positive. */
  readonly flat: Units
}

export interface SettledMatch {
  /** In the order the amounts are allotted: the last line bears what is left between lines and items. */
  readonly lines: readonly SettledLine[]
  /** Of one kind of item. */
  readonly items: readonly SettledItem[]
  /** `decision`: a person said so. */
  readonly step: MatchStep | 'decision'
  /**
   * What the difference between lines and items is: the parts of the fee rule that matched, a write-off a
   * person decided, or nothing, when the amounts are equal or the line itself states its fee.
   */
  readonly difference:
    | { readonly kind: 'none' }
    | { readonly kind: 'fee'; readonly parts: readonly TakenPart[] }
    | { readonly kind: 'written-off' }
}

export interface SettleContext {
  readonly bookCurrency: string
  /** The rate in force on a day; null when none is known, and then nothing is booked. */
  readonly rate: (from: string, to: string, day: IsoDate) => Rate | null
  /** How far lines and items of two currencies may be apart, in hundredths of a percent; 500 when nothing is said. */
  readonly mostApartBasisPoints?: number | undefined
}

/** What a line posts of one kind in total. */
export interface LineTotal {
  readonly kind: MoneyKind
  /** The vendor in the account key, or '' where the rule has none. */
  readonly source: string
  readonly currency: string
  /** Never zero. Negative is the same event the other way round: a fee given back, a gain instead of a loss. */
  readonly amount: Units
}

/** Line id → what it posts. */
export type LineTotals = ReadonlyMap<string, readonly LineTotal[]>

export type Settlement =
  | { readonly kind: 'settled'; readonly totals: LineTotals }
  /** Nothing may be booked; the match stays, and the exception says what is missing. */
  | {
      readonly kind: 'unsettled'
      readonly lack: Lack
      readonly reason: string
    }

/** Why nothing can be booked: no rate is known yet, the currencies do not meet, or the amounts do not. */
export type Lack = 'rate' | 'currency' | 'amount'

/** A line that needs no other side: what a descriptor rule, its own type or a person says it is. */
export const ALONE_MEANINGS = [
  'processor-fee',
  'fee-tax',
  'bank-charge',
  'income',
  'transfer-out',
  'suspense',
  'written-off',
] as const
export type NamedMeaning = (typeof ALONE_MEANINGS)[number]
/** Or any account of the ledger, by its code. */
export type AloneMeaning = NamedMeaning | `account:${string}`
