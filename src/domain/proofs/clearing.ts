/**
 * Accounts through which money only passes: each must come to what is still open of it, item by item. The table says
 * which items stand on which account, by the posting rule that empties it.
 */
import type { MoneyKind } from '../posting-rules.ts'
import type { ItemKind } from '../settlement/settlement.ts'

export interface ClearingRule {
  /** The money kind whose rule names the account, and on which side. */
  readonly kind: MoneyKind
  readonly side: 'debit' | 'credit'
  readonly items: readonly ItemKind[]
}

export const CLEARING_RULES: readonly ClearingRule[] = [
  { kind: 'payout-received', side: 'credit', items: ['payout', 'payout-return'] },
  { kind: 'top-up-paid', side: 'debit', items: ['top-up', 'wallet-refund'] },
  { kind: 'transfer-out', side: 'debit', items: ['transfer', 'settlement'] },
]
