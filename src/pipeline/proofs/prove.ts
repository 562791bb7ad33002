/** The proofs of a book together, as a person reads them: the vendors, the money accounts, and the accounts between. */
import { proveBook } from '../../reconcile/prove-book.ts'
import type { RollForward } from '../../reconcile/roll-forward.ts'
import { proveCashOf, type CashProof } from './cash.ts'
import { proveClearing, type ClearingProof } from './clearing.ts'
import type { ProofScope } from './scope.ts'

export interface AllProofs {
  readonly vendors: readonly RollForward[]
  readonly cash: readonly CashProof[]
  readonly clearing: readonly ClearingProof[]
}

/** `month`, "2026-03": only this month of the money accounts. */
export async function proveAll(scope: ProofScope, month?: string): Promise<AllProofs> {
  const { db, book, rules, sources } = scope
  return {
    vendors: await proveBook(db, book, { rules, sources }),
    cash: await proveCashOf(scope, month),
    clearing: await proveClearing(scope),
  }
}
