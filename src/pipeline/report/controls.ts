/**
 * Section A, control totals: every wallet, receivable, money and clearing account as the night moved it, and what an
 * independent source says it should hold. Opening + in − out = closing, to the last digit.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import { splitAccountKey } from '../../domain/accounts.ts'
import type { Book } from '../../ledger/books.ts'
import { balancesWithin, movementsIn } from '../../ledger/known-at.ts'
import { proveBook, type ProvenBook } from '../../reconcile/prove-book.ts'
import type { RollForward } from '../../reconcile/roll-forward.ts'
import type { Window } from './window.ts'

export interface ControlLine {
  readonly account: string
  readonly currency: string
  readonly opening: Units
  readonly in: Units
  readonly out: Units
  readonly closing: Units
  /** Null for clearing accounts, and when the vendor has not said it. */
  readonly vendor: Units | null
  /** vendor − closing; null when there is no vendor's figure. */
  readonly difference: Units | null
  readonly proof: 'balance' | 'counter' | 'statement' | 'none'
}

/** Accounts of the chart that a report always watches: money, in transit, receivables, wallets, suspense. */
const WATCHED = /^(10[0-9]{2}|11[01]0|13[012][05]?|190[01]|2100)$/

export interface Controls {
  readonly lines: readonly ControlLine[]
  readonly proofs: readonly RollForward[]
}

export async function controlTotals(
  db: Kysely<Tables>,
  book: Book,
  plan: ProvenBook,
  window: Window,
): Promise<Controls> {
  const proofs = await proveBook(db, book.id, plan, window.known)
  const proven = new Map(proofs.map((proof) => [`${proof.currency} ${proof.account}`, proof]))
  const closing = await balancesWithin(db, book, { sequence: window.known.sequence })
  const moved = await movementsIn(db, book, { after: window.before.sequence, through: window.known.sequence })
  const movedBy = new Map(moved.map((row) => [`${row.currency} ${row.account}`, row]))
  const lines = closing.flatMap(({ account, currency, balance }): readonly ControlLine[] => {
    const key = `${currency} ${account}`
    const proof = proven.get(key)
    if (proof === undefined && !WATCHED.test(splitAccountKey(account).code)) return []
    const { debit = 0n, credit = 0n } = movedBy.get(key) ?? {}
    // A clearing account that is empty and did not move tells nothing.
    if (proof === undefined && balance === 0n && debit === 0n && credit === 0n) return []
    return [
      {
        account,
        currency,
        opening: balance - debit + credit,
        in: debit,
        out: credit,
        closing: balance,
        vendor: proof?.vendor ?? null,
        difference: proof?.difference ?? null,
        proof: proof?.basis ?? 'none',
      },
    ]
  })
  return { lines, proofs }
}
