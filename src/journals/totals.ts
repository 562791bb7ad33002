/**
 * What sealed journals have said so far, per currency and account: exact, rounded, and the remainder between them that
 * is carried until a later journal delivers it. Shown on the report so that a target's balance ties to the last digit.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { CarriedTotals } from '../domain/journal.ts'
import type { Units } from '../domain/money.ts'
import { compareKeys, type RunningTotal } from '../domain/rounding.ts'
import type { AccountKey } from '../domain/transaction.ts'
import type { Book } from '../ledger/books.ts'

export interface CarriedRemainder {
  readonly currency: string
  readonly account: AccountKey
  readonly exact: Units
  readonly rounded: Units
  /** Exact minus rounded: always less than one minor unit either way. */
  readonly remainder: Units
}

/** Every account any sealed journal has touched, by currency and account. */
export async function carriedRemainders(db: Kysely<Tables>, book: Book): Promise<readonly CarriedRemainder[]> {
  const rows = await db
    .selectFrom('journal_line as line')
    .innerJoin('journal', (join) =>
      join.onRef('journal.book', '=', 'line.book').onRef('journal.id', '=', 'line.journal'),
    )
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'line.book').onRef('account.id', '=', 'line.account'),
    )
    .where('line.book', '=', book.id)
    .groupBy(['journal.currency', 'account.key'])
    .select([
      'journal.currency',
      'account.key as account',
      sql<bigint>`cast(sum(line.exact) as bigint)`.as('exact'),
      sql<bigint>`cast(sum(line.rounded) as bigint)`.as('rounded'),
    ])
    .execute()
  return rows
    .map((row) => ({ ...row, remainder: row.exact - row.rounded }))
    .toSorted((a, b) => compareKeys(a.currency, b.currency) || compareKeys(a.account, b.account))
}

/** The same as maps, which is how rounding reads it. */
export async function carriedTotals(db: Kysely<Tables>, book: Book): Promise<CarriedTotals> {
  const totals = new Map<string, Map<AccountKey, RunningTotal>>()
  for (const { currency, account, exact, rounded } of await carriedRemainders(db, book)) {
    const ofCurrency = totals.get(currency) ?? new Map<AccountKey, RunningTotal>()
    totals.set(currency, ofCurrency.set(account, { exact, rounded }))
  }
  return totals
}
