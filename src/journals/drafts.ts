/**
 * Drafts are computed, never stored: a day's draft is what the ledger's daily balances hold beyond the day's sealed
 * journals. One statement reads both sides and the head, so a posting that commits meanwhile is in all of them or in none.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { AccountMapping } from '../domain/accounts.ts'
import { roundDays, sealingOrder, type RoundedDays, type UnsealedDay } from '../domain/journal.ts'
import type { Units } from '../domain/money.ts'
import type { AccountKey, IsoDate } from '../domain/transaction.ts'
import type { Book } from '../ledger/books.ts'
import { carriedTotals } from './totals.ts'

/** Accounting days, both ends inside. */
export interface DayRange {
  readonly from: IsoDate
  readonly to: IsoDate
}

export const EVERY_DAY: DayRange = { from: '0000-01-01', to: '9999-12-31' }

export interface Unsealed {
  readonly days: readonly UnsealedDay[]
  /** The book's last closed sequence when the days were read; 0 when there are none. */
  readonly head: bigint
}

interface UnsealedRow {
  readonly day: IsoDate
  readonly currency: string
  readonly account: AccountKey
  readonly exact: Units
  readonly head: bigint
}

/** Exact amounts of the ledger that no journal has sealed, per day and currency, in sealing order. */
export async function unsealedDays(db: Kysely<Tables>, book: Book, range: DayRange): Promise<Unsealed> {
  const { rows } = await sql<UnsealedRow>`
    select part.day, part.currency, account.key as account, cast(sum(part.exact) as bigint) as exact,
      (select seq from head where book = ${book.id}) as head
    from (
      select day, currency, account, debit - credit as exact
      from balance
      where book = ${book.id} and day between ${range.from} and ${range.to}
      union all
      select journal.day, journal.currency, line.account, -line.exact
      from journal
      join journal_line as line on line.book = journal.book and line.journal = journal.id
      where journal.book = ${book.id} and journal.day between ${range.from} and ${range.to}
    ) as part
    join account on account.book = ${book.id} and account.id = part.account
    group by part.day, part.currency, account.key
    having sum(part.exact) <> 0`.execute(db)
  const days = new Map<string, { day: IsoDate; currency: string; exact: Map<AccountKey, Units> }>()
  for (const { day, currency, account, exact } of rows) {
    const key = `${day} ${currency}`
    const found = days.get(key) ?? { day, currency, exact: new Map<AccountKey, Units>() }
    found.exact.set(account, exact)
    days.set(key, found)
  }
  return { days: [...days.values()].toSorted(sealingOrder), head: rows[0]?.head ?? 0n }
}

/** What approving the range would seal now, and what it would hold: `mapping` decides. Nothing is written. */
export async function draftJournals(
  db: Kysely<Tables>,
  book: Book,
  range: DayRange,
  mapping?: AccountMapping,
): Promise<RoundedDays> {
  const { days } = await unsealedDays(db, book, range)
  return roundDays(await carriedTotals(db, book), days, mapping)
}
