/**
 * What sealed journals have said so far, per currency and account: exact, rounded, and the remainder between them that
 * is carried until a later journal delivers it. Rounding goes on from what was sealed, whatever was taken back since:
 * so a replacement brings every total back to where it was, to the cent.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { CarriedTotals } from '../domain/journals/journal.ts'
import type { Units } from '../domain/money/money.ts'
import { compareKeys, type RunningTotal } from '../domain/journals/rounding.ts'
import type { AccountKey } from '../domain/transaction.ts'
import type { Book } from '../ledger/books.ts'
import { SEALS_ITS_OWN_RANGE } from './links.ts'

export interface CarriedRemainder {
  readonly currency: string
  readonly account: AccountKey
  readonly exact: Units
  readonly rounded: Units
  /** Exact minus rounded: less than one minor unit either way, unless a reversed journal has not been replaced. */
  readonly remainder: Units
}

/**
 * Delivered totals of every account any sealed journal has touched, by currency and account: reversals count. Of journals
 * approved by an instant, when one is given.
 */
export async function carriedRemainders(
  db: Kysely<Tables>,
  book: Book,
  approvedByMs: number = Number.MAX_SAFE_INTEGER,
): Promise<readonly CarriedRemainder[]> {
  return sumLines(db, book, sql<boolean>`journal.approved_at_ms <= ${BigInt(approvedByMs)}`)
}

/** The same of the journals that sealed ranges, as if none had been taken back: what rounding goes on from. */
export async function sealedRemainders(db: Kysely<Tables>, book: Book): Promise<readonly CarriedRemainder[]> {
  return sumLines(db, book, SEALS_ITS_OWN_RANGE)
}

async function sumLines(
  db: Kysely<Tables>,
  book: Book,
  which: RawBuilder<boolean>,
): Promise<readonly CarriedRemainder[]> {
  const rows = await db
    .selectFrom('journal_line as line')
    .innerJoin('journal', (join) =>
      join.onRef('journal.book', '=', 'line.book').onRef('journal.id', '=', 'line.journal'),
    )
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'line.book').onRef('account.id', '=', 'line.account'),
    )
    .where('line.book', '=', book.id)
    .where(which)
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

/** What rounding goes on from, as maps. */
export async function carriedTotals(db: Kysely<Tables>, book: Book): Promise<CarriedTotals> {
  const totals = new Map<string, Map<AccountKey, RunningTotal>>()
  for (const { currency, account, exact, rounded } of await sealedRemainders(db, book)) {
    const ofCurrency = totals.get(currency) ?? new Map<AccountKey, RunningTotal>()
    totals.set(currency, ofCurrency.set(account, { exact, rounded }))
  }
  return totals
}
