/**
 * Drafts are computed, never stored: a day's draft is what the ledger's daily balances hold beyond the day's sealed
 * journals. One statement reads both sides and the head, so a posting that commits meanwhile is in all of them or in none.
 * A day that was posted to last before its journals were sealed cannot have a draft, and its amounts are not read at all.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { AccountMapping } from '../domain/accounts.ts'
import {
  holdReason,
  roundDays,
  sealingOrder,
  type HoldRule,
  type RoundedDays,
  type UnsealedDay,
} from '../domain/journals/journal.ts'
import type { Units } from '../domain/money/money.ts'
import type { AccountKey, IsoDate } from '../domain/transaction.ts'
import type { Book } from '../ledger/books.ts'
import { holdSentence, readHolds } from './holds.ts'
import { SEALS_ITS_OWN_RANGE } from './links.ts'
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

/**
 * The days and currencies that may hold something unsealed: their last posting lies behind their last journal. Reading
 * goes from key to key, so that it costs what there are days, and not what there are amounts. `held` are the accounts
 * with the currencies they have balances in. (SQLite reads a cross join in the order it is written in.)
 */
function openDays({ id }: Book, { from, to }: DayRange): RawBuilder<unknown> {
  return sql`
    held (account, currency) as (
      select account.id, (select min(currency) from balance where book = ${id} and account = account.id)
      from account where book = ${id}
      union all
      select held.account, (select min(currency) from balance
        where book = ${id} and account = held.account and currency > held.currency)
      from held where held.currency is not null
    ),
    posted (day) as (
      select min(effective_date) from txn where book = ${id} and effective_date >= ${from}
      union all
      select (select min(effective_date) from txn where book = ${id} and effective_date > posted.day)
      from posted where posted.day is not null and posted.day < ${to}
    ),
    open (day, currency) as materialized (
      select posted.day, used.currency
      from posted
      cross join (select distinct currency from held where currency is not null) as used
      where posted.day <= ${to}
        and (select max(seq) from txn where book = ${id} and effective_date = posted.day)
          > coalesce((select max(to_seq) from journal
            where book = ${id} and journal.day = posted.day and journal.currency = used.currency), 0)
    )`
}

/** Exact amounts of the ledger that no journal has sealed, per day and currency, in sealing order. */
export async function unsealedDays(db: Kysely<Tables>, book: Book, range: DayRange): Promise<Unsealed> {
  const { rows } = await sql<UnsealedRow>`
    with recursive ${openDays(book, range)}
    select part.day, part.currency, account.key as account, cast(sum(part.exact) as bigint) as exact,
      (select seq from head where book = ${book.id}) as head
    from (
      select open.day, open.currency, held.account, balance.debit - balance.credit as exact
      from open cross join held cross join balance
      where held.currency = open.currency
        and balance.book = ${book.id} and balance.account = held.account
        and balance.currency = open.currency and balance.day = open.day
      union all
      select open.day, open.currency, line.account, -line.exact
      from open cross join journal cross join journal_line as line
      where journal.book = ${book.id} and journal.day = open.day and journal.currency = open.currency
        and ${SEALS_ITS_OWN_RANGE} and line.book = journal.book and line.journal = journal.id
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

/**
 * What approving the range would seal now, and what it would hold: the mapping decides, and what a person holds. Without
 * a mapping nothing is held. Nothing is written.
 */
export async function draftJournals(
  db: Kysely<Tables>,
  book: Book,
  range: DayRange,
  mapping?: AccountMapping,
): Promise<RoundedDays> {
  const { days } = await unsealedDays(db, book, range)
  if (days.length === 0) return { ready: [], held: [] }
  const rule = mapping === undefined ? undefined : await holdRule(db, book, { mapping })
  return roundDays(await carriedTotals(db, book), days, rule)
}

interface Rules {
  readonly mapping: AccountMapping
  readonly rule?: HoldRule
}

/** A person's hold first, then what the mapping lacks, then the rest. */
export async function holdRule(db: Kysely<Tables>, book: Book, { mapping, rule }: Rules): Promise<HoldRule> {
  const { days } = await readHolds(db, book)
  return (draft) => {
    const hold = days.get(draft.day)
    if (hold === undefined) return holdReason(draft, mapping) ?? rule?.(draft)
    const reason = `The ${draft.currency} journal of ${draft.day} is held. ${holdSentence(hold)} To let it go: tieout journals release ${draft.day} --by NAME --why TEXT`
    return { cause: 'person', unmapped: [], reason }
  }
}
