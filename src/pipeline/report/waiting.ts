/**
 * Days with amounts that no journal had sealed by an instant. A draft is never kept, so it is the daily balances as they
 * were known then less what was sealed by then: the same page of an old night, whenever it is read.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import { isoDateInZone } from '../../domain/time/dates.ts'
import type { AccountKey, IsoDate } from '../../domain/transaction.ts'
import { SEALS_ITS_OWN_RANGE } from '../../journals/links.ts'
import type { Book } from '../../ledger/books.ts'
import { dailyKnownAt } from '../../ledger/daily.ts'
import type { WaitingCounter } from '../held-days.ts'
import type { Window } from './window.ts'

export interface WaitingDay {
  readonly day: IsoDate
  readonly currency: string
  /** Sum of its exact debits. */
  readonly amount: Units
  /** False for a day that was not over yet: its own night seals it, and nobody is waited for. */
  readonly isOver: boolean
  /** C6: the next reading of a counter confirms the day, and nobody is waited for. */
  readonly isRipening: boolean
}

/** A person is waited for. */
export function waitsForApproval({ isOver, isRipening }: Pick<WaitingDay, 'isOver' | 'isRipening'>): boolean {
  return isOver && !isRipening
}

interface Part {
  readonly day: IsoDate
  readonly currency: string
  readonly account: AccountKey
  readonly exact: Units
}

/** By day and currency. */
export async function waitingAt(
  db: Kysely<Tables>,
  book: Book,
  window: Window,
  timeZone: string,
  counters: readonly WaitingCounter[],
): Promise<readonly WaitingDay[]> {
  const today = isoDateInZone(window.knownAtMs, timeZone)
  const posted = await dailyKnownAt(db, book, window.known.sequence)
  const sums = new Map<string, Part>()
  for (const part of [
    ...posted.map(({ debit, credit, ...each }) => ({ ...each, exact: debit - credit })),
    ...(await sealedBy(db, book, window)),
  ]) {
    const key = `${part.day} ${part.currency} ${part.account}`
    const held = sums.get(key)
    sums.set(key, held === undefined ? part : { ...part, exact: held.exact + part.exact })
  }
  const days = new Map<string, WaitingDay>()
  for (const { day, currency, exact } of sums.values()) {
    if (exact === 0n) continue
    const key = `${day} ${currency}`
    const amount = (days.get(key)?.amount ?? 0n) + (exact > 0n ? exact : 0n)
    days.set(key, { day, currency, amount, isOver: day < today, isRipening: isRipening({ day, currency }, counters) })
  }
  return [...days.keys()].toSorted().flatMap((key) => days.get(key) ?? [])
}

function isRipening({ day, currency }: Pick<Part, 'day' | 'currency'>, counters: readonly WaitingCounter[]): boolean {
  return counters.some((each) => each.held === null && each.currency === currency && each.since <= day)
}

/** Taken off: what journals approved by then have sealed. */
async function sealedBy(db: Kysely<Tables>, book: Book, { knownAtMs }: Window): Promise<readonly Part[]> {
  return db
    .selectFrom('journal')
    .innerJoin('journal_line as line', (join) =>
      join.onRef('line.book', '=', 'journal.book').onRef('line.journal', '=', 'journal.id'),
    )
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'line.book').onRef('account.id', '=', 'line.account'),
    )
    .select(['journal.day', 'journal.currency', 'account.key as account'])
    .select(sql<bigint>`cast(-sum(line.exact) as bigint)`.as('exact'))
    .where('journal.book', '=', book.id)
    .where('journal.approved_at_ms', '<=', BigInt(knownAtMs))
    .where(SEALS_ITS_OWN_RANGE)
    .groupBy(['journal.day', 'journal.currency', 'account.key'])
    .execute()
}
