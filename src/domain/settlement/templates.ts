/** Which money kind each kind of open item and each meaning of a line posts, and its sign against the account: the templates as tables. */
import type { MoneyKind } from '../posting-rules.ts'
import type { ItemKind, NamedMeaning, TakenPart } from './settlement.ts'

export interface Template {
  readonly kind: MoneyKind
  /** 1 when money in is the positive event, −1 when money out is. */
  readonly sign: 1n | -1n
}

export interface ItemTemplate extends Template {
  /** True when the account key of the other side names the vendor. */
  readonly hasSource: boolean
  /** What is taken between item and line; null: this kind of item has no such part. */
  readonly taken: Readonly<Record<TakenPart['kind'], MoneyKind | null>>
  /** A difference of an item may stay in its own receivable, or goes through the account like a fee of the account. */
  readonly takenFrom: 'item' | 'account'
  /** An item a person gives up, of which no line came. */
  readonly writtenOff: MoneyKind
  /** Its account against the conversion account, when lines of another currency settle it; signed like the item. */
  readonly converted: MoneyKind
}

/** Fees that the money account's own line bears, whatever the line is for. */
const FROM_ACCOUNT = {
  withholding: null,
  'payout-fee': 'processor-fee',
  'wire-fee': 'bank-charge',
  surcharge: 'processor-fee',
} as const

export const ITEM_TEMPLATES: Readonly<Record<ItemKind, ItemTemplate>> = {
  payout: {
    kind: 'payout-received',
    sign: 1n,
    hasSource: true,
    taken: { withholding: 'withholding', 'payout-fee': 'payout-fee', 'wire-fee': 'wire-fee', surcharge: null },
    takenFrom: 'item',
    writtenOff: 'written-off',
    converted: 'conversion-settled',
  },
  'payout-return': {
    kind: 'payout-returned',
    sign: -1n,
    hasSource: true,
    taken: FROM_ACCOUNT,
    takenFrom: 'account',
    writtenOff: 'written-off',
    converted: 'conversion-settled',
  },
  'top-up': {
    kind: 'top-up-paid',
    sign: -1n,
    hasSource: false,
    // Whatever account a card belongs to: a wire's fee is taken off a payout that comes in, never added to what is paid.
    taken: {
      withholding: null,
      'payout-fee': 'top-up-surcharge',
      'wire-fee': 'top-up-surcharge',
      surcharge: 'top-up-surcharge',
    },
    takenFrom: 'account',
    writtenOff: 'clearing-written-off',
    converted: 'conversion-paid',
  },
  transfer: {
    kind: 'transfer-in',
    sign: 1n,
    hasSource: false,
    taken: FROM_ACCOUNT,
    takenFrom: 'account',
    writtenOff: 'transfer-written-off',
    converted: 'conversion-moved',
  },
  settlement: {
    kind: 'transfer-in',
    sign: 1n,
    hasSource: false,
    taken: FROM_ACCOUNT,
    takenFrom: 'account',
    writtenOff: 'transfer-written-off',
    converted: 'conversion-moved',
  },
  'wallet-refund': {
    kind: 'top-up-returned',
    sign: 1n,
    hasSource: false,
    // What goes back to the card costs what the card costs, as the top-up did.
    taken: { ...FROM_ACCOUNT, 'wire-fee': 'processor-fee' },
    takenFrom: 'account',
    writtenOff: 'clearing-written-off',
    converted: 'conversion-paid',
  },
}

export const ALONE_TEMPLATES: Readonly<Record<NamedMeaning, Template>> = {
  'processor-fee': { kind: 'processor-fee', sign: -1n },
  'fee-tax': { kind: 'fee-tax', sign: -1n },
  'bank-charge': { kind: 'bank-charge', sign: -1n },
  income: { kind: 'income', sign: 1n },
  'transfer-out': { kind: 'transfer-out', sign: -1n },
  suspense: { kind: 'suspense', sign: -1n },
  'written-off': { kind: 'line-written-off', sign: -1n },
}
