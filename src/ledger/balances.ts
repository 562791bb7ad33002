/**
 * What stands on each account, from the daily balances: small whatever the number of transactions, so a report never
 * scans the postings. `ledger verify` proves that both say the same.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import type { AccountKey, IsoDate } from '../domain/transaction.ts'
import type { Book } from './books.ts'

export interface AccountBalance {
  readonly account: AccountKey
  readonly currency: string
  readonly debit: Units
  readonly credit: Units
  /** Debit less credit. */
  readonly balance: Units
}

export interface TrialBalance {
  readonly rows: readonly AccountBalance[]
  /** Per currency; each total is zero, or the books are damaged. */
  readonly totals: readonly { readonly currency: string; readonly total: Units }[]
  readonly balanced: boolean
}

/** Ordered by account and currency. `asOf` is the last day that counts; without it, every day does. */
export async function balances(
  db: Kysely<Tables>,
  book: Book,
  { asOf, account }: { readonly asOf?: IsoDate; readonly account?: string } = {},
): Promise<readonly AccountBalance[]> {
  let query = db
    .selectFrom('balance')
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'balance.book').onRef('account.id', '=', 'balance.account'),
    )
    .select(['account.key', 'balance.currency'])
    .select(({ fn }) => [fn.sum<bigint>('balance.debit').as('debit'), fn.sum<bigint>('balance.credit').as('credit')])
    .where('balance.book', '=', book.id)
  if (asOf !== undefined) query = query.where('balance.day', '<=', asOf)
  if (account !== undefined) query = query.where('account.key', '=', account)
  const rows = await query
    .groupBy(['account.key', 'balance.currency'])
    .orderBy('account.key')
    .orderBy('balance.currency')
    .execute()
  return rows.map(({ key, currency, debit, credit }) => ({
    account: key,
    currency,
    debit,
    credit,
    balance: debit - credit,
  }))
}

export async function trialBalance(
  db: Kysely<Tables>,
  book: Book,
  options: { readonly asOf?: IsoDate } = {},
): Promise<TrialBalance> {
  return toTrial(await balances(db, book, options))
}

export function toTrial(rows: readonly AccountBalance[]): TrialBalance {
  const sums = new Map<string, Units>()
  for (const row of rows) sums.set(row.currency, (sums.get(row.currency) ?? 0n) + row.balance)
  const totals = [...sums].map(([currency, total]) => ({ currency, total }))
  return { rows, totals, balanced: totals.every(({ total }) => total === 0n) }
}

export function toBalance(account: string, currency: string, debit: Units, credit: Units): AccountBalance {
  return { account, currency, debit, credit, balance: debit - credit }
}
