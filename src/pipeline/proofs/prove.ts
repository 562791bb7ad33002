/** The proofs of a book together, as one run of them sees the database. The roll-forward of vendors is reconcile/prove-book.ts. */
import { proveBook } from '../../reconcile/prove-book.ts'
import type { RollForward } from '../../reconcile/roll-forward.ts'
import { proveCashOf, type CashProof } from './cash.ts'
import { proveClearing, type ClearingProof } from './clearing.ts'
import { proveConversion, type ConversionProof } from './conversion.ts'
import { provePayouts, type PayoutProof } from './payouts.ts'
import type { ProofScope } from './scope.ts'
import { proveOrders, type ThreeWayProof } from './three-way.ts'
import { proveWallet, type WalletProof } from './wallet-cash.ts'

interface MoneyProofs {
  readonly cash: readonly CashProof[]
  readonly clearing: readonly ClearingProof[]
  readonly conversion: ConversionProof | null
}

export interface AllProofs extends MoneyProofs {
  readonly vendors: readonly RollForward[]
  readonly orders: readonly ThreeWayProof[]
  readonly payouts: PayoutProof
  readonly wallets: readonly WalletProof[]
}

export interface ProveOptions {
  /** "2026-03": only this month of the proofs by month. */
  readonly month?: string
  /** Panels whose orders are matched; all, unless said otherwise. */
  readonly panels?: ReadonlySet<string>
}

async function proveMoney(scope: ProofScope, month?: string): Promise<MoneyProofs> {
  return {
    cash: await proveCashOf(scope, month),
    clearing: await proveClearing(scope),
    conversion: await proveConversion(scope),
  }
}

export async function proveAll(scope: ProofScope, { month, panels }: ProveOptions = {}): Promise<AllProofs> {
  const { db, book, rules, sources } = scope
  const orders: ThreeWayProof[] = []
  const wallets: WalletProof[] = []
  for (const source of sources) {
    if (source.kind !== 'panel') continue
    if (panels === undefined || panels.has(source.name)) orders.push(await proveOrders(scope, source))
    const wallet = await proveWallet(scope, source, month)
    if (wallet !== null) wallets.push(wallet)
  }
  return {
    ...(await proveMoney(scope, month)),
    vendors: await proveBook(db, book, { rules, sources }),
    orders,
    payouts: await provePayouts(scope),
    wallets,
  }
}
