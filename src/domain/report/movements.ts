/**
 * Which movements of an account are its business (money in, money out) and which correct it: refunds, write-offs, bonuses
 * and whatever takes an earlier transaction back. A controller reads the second column by column, the first as a sum.
 */
import type { Units } from '../money/money.ts'

/** Kinds that always correct. Any other kind does so when its amount is negative. */
const CORRECTING: ReadonlySet<string> = new Set([
  'refund',
  'refund-credited',
  'spend-credit',
  'bonus',
  'bonus-used',
  'clawback',
  'clawback-owed',
  'wallet-refund',
  'wallet-forfeited',
  'refund-rounded',
  'refund-denied',
  'rounding',
  'suspense',
  'written-up',
  'written-off',
  'manual-credit',
  'manual-debit',
  'clearing-written-off',
  'transfer-written-off',
  'line-written-off',
  'payout-returned',
  'top-up-returned',
  'account-lost',
  'allowance',
  'rounding',
  'fx-difference',
])

export interface Movement {
  readonly kind: string
  readonly takesBack: boolean
  readonly count: number
  /** Debits less credits on the account. */
  readonly amount: Units
}

export interface Adjustment {
  readonly kind: string
  readonly count: number
  readonly amount: Units
}

export interface SplitMovements {
  /** Debits of the account's business. */
  readonly in: Units
  /** Credits of it, as a magnitude. */
  readonly out: Units
  /** Everything else, signed: opening + in − out + adjusted = closing. */
  readonly adjusted: Units
  readonly adjustments: readonly Adjustment[]
}

export function splitMovements(movements: readonly Movement[]): SplitMovements {
  let [received, paid] = [0n, 0n]
  const adjustments = new Map<string, Adjustment>()
  for (const { kind, takesBack, count, amount } of movements) {
    if (!takesBack && !CORRECTING.has(kind)) {
      if (amount > 0n) received += amount
      else paid -= amount
      continue
    }
    const name = takesBack ? `${kind} taken back` : kind
    const held = adjustments.get(name)
    adjustments.set(name, { kind: name, count: (held?.count ?? 0) + count, amount: (held?.amount ?? 0n) + amount })
  }
  const listed = [...adjustments.values()]
  return {
    in: received,
    out: paid,
    adjusted: listed.reduce((sum, { amount }) => sum + amount, 0n),
    adjustments: listed,
  }
}
