/**
 * Days with amounts that no journal had sealed by an instant. A draft is never kept, so it is the daily balances less what
 * was posted later and less what was sealed by then: the same page of an old night, whenever it is read.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { SEALS_ITS_OWN_RANGE } from '../../journals/links.ts'
import type { Book } from '../../ledger/books.ts'
import type { Window } from './window.ts'

export interface WaitingDay {
  readonly day: IsoDate
  readonly currency: string
  /** Sum of its exact debits. */
  readonly amount: Units
}

interface Part {
  readonly day: IsoDate
  readonly currency: string
  readonly account: bigint
  readonly exact: Units
}

/** By day and currency. */
export async function waitingAt(db: Kysely<Tables>, book: Book, window: Window): Promise<readonly WaitingDay[]> {
  const sums = new Map<string, { readonly day: IsoDate; readonly currency: string; exact: Units }>()
  for (const { day, currency, account, exact } of [
    ...(await balancesByDay(db, book)),
    ...(await postedLater(db, book, window)),
    ...(await sealedBy(db, book, window)),
  ]) {
    const key = `${day} ${currency} ${account}`
    const held = sums.get(key)
    if (held === undefined) sums.set(key, { day, currency, exact })
    else held.exact += exact
  }
  const days = new Map<string, WaitingDay>()
  for (const { day, currency, exact } of sums.values()) {
    if (exact === 0n) continue
    const key = `${day} ${currency}`
    const amount = (days.get(key)?.amount ?? 0n) + (exact > 0n ? exact : 0n)
    days.set(key, { day, currency, amount })
  }
  return [...days.keys()].toSorted().flatMap((key) => days.get(key) ?? [])
}

async function balancesByDay(db: Kysely<Tables>, book: Book): Promise<readonly Part[]> {
  return db
    .selectFrom('balance')
    .select(['day', 'currency', 'account', sql<bigint>`debit - credit`.as('exact')])
    .where('book', '=', book.id)
    .execute()
}

async function postedLater(db: Kysely<Tables>, book: Book, { known }: Window): Promise<readonly Part[]> {
  return db
    .selectFrom('txn')
    .innerJoin('posting', (join) => join.onRef('posting.book', '=', 'txn.book').onRef('posting.seq', '=', 'txn.seq'))
    .select(['txn.effective_date as day', 'txn.currency', 'posting.account'])
    .select(sql<bigint>`cast(-sum(posting.amount) as bigint)`.as('exact'))
    .where('txn.book', '=', book.id)
    .where('txn.seq', '>', BigInt(known.sequence))
    .groupBy(['txn.effective_date', 'txn.currency', 'posting.account'])
    .execute()
}

async function sealedBy(db: Kysely<Tables>, book: Book, { knownAtMs }: Window): Promise<readonly Part[]> {
  return db
    .selectFrom('journal')
    .innerJoin('journal_line as line', (join) =>
      join.onRef('line.book', '=', 'journal.book').onRef('line.journal', '=', 'journal.id'),
    )
    .select(['journal.day', 'journal.currency', 'line.account'])
    .select(sql<bigint>`cast(-sum(line.exact) as bigint)`.as('exact'))
    .where('journal.book', '=', book.id)
    .where('journal.approved_at_ms', '<=', BigInt(knownAtMs))
    .where(SEALS_ITS_OWN_RANGE)
    .groupBy(['journal.day', 'journal.currency', 'line.account'])
    .execute()
}
