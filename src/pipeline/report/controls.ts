/**
 * Section A, control totals: every wallet, receivable, money and clearing account as the night moved it, and what an
 * independent source says it should hold. Opening + in − out + adjusted = closing, to the last digit.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import { splitAccountKey, type AccountType, type Chart } from '../../domain/accounts.ts'
import { suspenseAccounts } from '../../domain/proofs/clearing.ts'
import { splitMovements, type Adjustment } from '../../domain/report/movements.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { HeldCounter } from '../../reconcile/held-counters.ts'
import { sourceIds, type Book } from '../../ledger/books.ts'
import { balancesWithin } from '../../ledger/known-at.ts'
import { movementsByKind } from '../../ledger/movements-by-kind.ts'
import { proveBook, type ProvenBook } from '../../reconcile/prove-book.ts'
import { statementFigures } from '../../reconcile/statement-figure.ts'
import type { Window } from './window.ts'

export interface ControlLine {
  readonly account: string
  /** What the chart calls it; the account itself where the chart has no name. */
  readonly name: string
  readonly currency: string
  readonly opening: Units
  readonly in: Units
  readonly out: Units
  readonly adjusted: Units
  readonly adjustments: readonly Adjustment[]
  readonly closing: Units
  /** Null for clearing accounts, and when the vendor has not said it. */
  readonly vendor: Units | null
  /** vendor − closing; null when there is no vendor's figure. */
  readonly difference: Units | null
  /** How much of the difference is statement lines that are not booked; null where there are none. */
  readonly unbooked: Units | null
  /** Readings of its counter that wait for a person. */
  readonly held: HeldCounter | null
  readonly proof: 'balance' | 'counter' | 'statement' | 'none'
  /** A suspense account that was empty the night before. */
  readonly isNew: boolean
}

/** Accounts that hold something of ours or of others: money, in transit, receivables, wallets, suspense, taxes. */
const WATCHED: ReadonlySet<AccountType> = new Set(['asset', 'contra-asset', 'liability'])

export interface ControlPlan extends ProvenBook {
  readonly chart: Chart
  readonly accounts: readonly { readonly name: string; readonly code: string }[]
}

interface Said {
  readonly account: string
  readonly currency: string
  readonly vendor: Units | null
  readonly unbooked: Units | null
  readonly held: HeldCounter | null
  readonly proof: ControlLine['proof']
}

/** `asOf` leaves out later days; what vendors say is of all days, so it is then left out, too. */
export async function controlTotals(
  db: Kysely<Tables>,
  book: Book,
  plan: ControlPlan,
  window: Window,
  asOf: IsoDate | null,
): Promise<readonly ControlLine[]> {
  const { known, before } = window
  const suspense = suspenseAccounts(
    plan.rules,
    plan.sources.map(({ name }) => name),
  )
  const day = asOf === null ? {} : { asOf }
  const said = new Map((asOf === null ? await sayings(db, book, plan, window) : []).map((each) => [keyOf(each), each]))
  const closing = await balancesWithin(db, book, { ...day, sequence: known.sequence })
  const byKey = new Map(closing.map((row) => [keyOf(row), row.balance]))
  const moved = Map.groupBy(
    await movementsByKind(db, book, { ...day, after: before.sequence, through: known.sequence }),
    keyOf,
  )
  return [...new Set([...byKey.keys(), ...said.keys()])]
    .toSorted(compareKeys)
    .flatMap((key): readonly ControlLine[] => {
      const [currency = '', account = ''] = split(key)
      const vendor = said.get(key)
      const { type, name } = chartedAs(plan.chart, account)
      if (vendor === undefined && type !== null && !WATCHED.has(type)) return []
      const balance = byKey.get(key) ?? 0n
      const movements = moved.get(key) ?? []
      // A clearing account that is empty and did not move tells nothing.
      if (vendor === undefined && balance === 0n && movements.length === 0) return []
      const parts = splitMovements(movements)
      const opening = balance - parts.in + parts.out - parts.adjusted
      const figure = vendor?.vendor ?? null
      return [
        {
          account,
          name,
          currency,
          opening,
          ...parts,
          closing: balance,
          vendor: figure,
          difference: figure === null ? null : figure - balance,
          unbooked: vendor?.unbooked ?? null,
          held: vendor?.held ?? null,
          proof: vendor?.proof ?? 'none',
          isNew: suspense.has(account) && opening === 0n && balance !== 0n,
        },
      ]
    })
}

async function sayings(db: Kysely<Tables>, book: Book, plan: ControlPlan, { known }: Window): Promise<readonly Said[]> {
  const proofs = await proveBook(db, book.id, plan, known)
  const said = proofs
    .filter(({ vendor, closing }) => vendor !== null || closing !== 0n)
    .map(({ account, currency, vendor, basis, held }): Said => {
      return { account, currency, vendor, unbooked: null, held, proof: basis }
    })
  const ids = await sourceIds(db, book)
  for (const { name, code } of plan.accounts) {
    const id = ids.get(name)
    if (id === undefined) continue
    for (const { currency, amount, unbooked } of await statementFigures(db, book.id, id, known)) {
      said.push({ account: `${code}:${name}`, currency, vendor: amount, unbooked, held: null, proof: 'statement' })
    }
  }
  return said
}

/** What the chart does not know is watched: an account nobody has named is not one to leave out. */
function chartedAs(chart: Chart, account: string): { readonly type: AccountType | null; readonly name: string } {
  const found = chart.accounts.get(splitAccountKey(account).code)
  return { type: found?.type ?? null, name: found?.name ?? account }
}

function keyOf({ account, currency }: { readonly account: string; readonly currency: string }): string {
  return `${currency} ${account}`
}

function split(key: string): readonly string[] {
  return [key.slice(0, key.indexOf(' ')), key.slice(key.indexOf(' ') + 1)]
}

/** By account, then by currency. */
function compareKeys(a: string, b: string): number {
  const [left, right] = [split(a).toReversed().join(' '), split(b).toReversed().join(' ')]
  return left < right ? -1 : left > right ? 1 : 0
}
