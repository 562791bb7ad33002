/** What Razorpay tells of an account: rows of the settlement recon, which put money into it, and settlements, which take it out to the bank. */
import type { Units } from '../../../domain/money/money.ts'
import type { LineType } from '../../../domain/statements/statement.ts'
import type { BookedAt } from '../columns/dates.ts'

export interface ReconEntry {
  readonly kind: 'recon'
  readonly line: number
  readonly id: string
  readonly type: string
  readonly debit: Units
  readonly credit: Units
  /** Before fee and tax, unsigned; null where the file has no such figure. */
  readonly amount: Units | null
  /** As printed: with or without the tax is decided from the whole file. */
  readonly fee: Units | null
  readonly tax: Units | null
  readonly currency: string
  readonly isOnHold: boolean
  readonly isSettled: boolean
  readonly when: BookedAt
  readonly settlementId: string
  /** Empty texts are no ids. */
  readonly ids: readonly string[]
  readonly description: string
}

export interface SettlementEntry {
  readonly kind: 'settlement'
  readonly line: number
  readonly id: string
  /** Positive: what goes to the bank. */
  readonly amount: Units
  readonly status: string
  readonly utr: string
  readonly currency: string
  readonly when: BookedAt
}

export type RazorpayEntry = ReconEntry | SettlementEntry

const TYPES: Readonly<Record<string, LineType>> = {
  payment: 'payment',
  refund: 'refund',
  dispute: 'refund',
  transfer: 'transfer',
  reversal: 'transfer',
  adjustment: 'adjustment',
  commission: 'fee',
  fee: 'fee',
}

export function typeOf(word: string): LineType {
  return TYPES[word.trim().toLowerCase()] ?? 'other'
}

/** Booked at settlement: until then the money is not counted as the account's. */
export function bookedAt(settledAt: BookedAt | null, createdAt: BookedAt | null): BookedAt | null {
  return settledAt ?? createdAt
}
