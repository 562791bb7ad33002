/**
 * C6: days whose journals wait for a counter. A plausible wrong reading can only be known by the next one, so a day is sealed
 * automatically only once a later reading that moved stands on each counter that posted on it; a person may approve it.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { sourceIds, type Book } from '../ledger/books.ts'
import type { CounterMode } from '../payelancer/rules/reading.ts'
import { counterKnown, heldOf, heldWords, type HeldCounter } from '../reconcile/held-counters.ts'

export interface WaitingCounter {
  readonly source: string
  readonly currency: string
  readonly held: HeldCounter | null
  /** The first vendor day that no later reading has confirmed. */
  readonly since: IsoDate
  /** Days from then on with postings of it that no journal has sealed. */
  readonly days: ReadonlySet<IsoDate>
}

export interface CounterOfBook {
  readonly name: string
  readonly type: 'panel' | 'payelancer'
  readonly currency: string
  readonly role?: 'publisher' | 'advertiser'
  readonly counterMode?: CounterMode
}

/** As they are, or as they were known through a batch. */
export async function waitingCounters(
  db: Kysely<Tables>,
  book: Book,
  sources: readonly CounterOfBook[],
  throughBatch: number = Number.MAX_SAFE_INTEGER,
): Promise<readonly WaitingCounter[]> {
  const ids = await sourceIds(db, book)
  const found: WaitingCounter[] = []
  for (const { name, type, currency, role, counterMode } of sources) {
    const id = ids.get(name)
    if (id === undefined || type === 'panel') continue
    const mode = role === 'publisher' ? (counterMode ?? null) : 'lifetime'
    const outcome = await counterKnown(db, { book: book.id, source: id }, { mode, throughBatch })
    const held = heldOf(outcome)
    const last = outcome.lastMovedDay
    if (last === null && held === null) continue
    const since = held !== null && (last === null || held.since < last) ? held.since : (last ?? '')
    found.push({ source: name, currency, held, since, days: await unsealedDays(db, book, id, { currency, since }) })
  }
  return found
}

async function unsealedDays(
  db: Kysely<Tables>,
  book: Book,
  source: bigint,
  { currency, since }: { readonly currency: string; readonly since: IsoDate },
): Promise<ReadonlySet<IsoDate>> {
  const rows = await db
    .selectFrom('txn')
    .select('effective_date')
    .distinct()
    .where('book', '=', book.id)
    .where('source', '=', source)
    .where('currency', '=', currency)
    .where('effective_date', '>=', since)
    .where('object', 'in', ['counter:earnings', 'counter:spent'])
    .where((where) =>
      where(
        'seq',
        '>',
        where.fn.coalesce(
          where
            .selectFrom('journal')
            .select((journal) => journal.fn.max('to_seq').as('last'))
            .where('journal.book', '=', book.id)
            .whereRef('journal.day', '=', 'txn.effective_date')
            .where('journal.currency', '=', currency),
          where.val(0n),
        ),
      ),
    )
    .execute()
  return new Set(rows.map(({ effective_date }) => effective_date))
}

/** The first counter that a draft waits for; null when none. */
export function waitsFor(
  { day, currency }: { readonly day: IsoDate; readonly currency: string },
  found: readonly WaitingCounter[],
): WaitingCounter | null {
  return found.find((each) => each.currency === currency && each.days.has(day)) ?? null
}

/** The end of a sentence. */
export function waitingWords({ source, since, held }: Pick<WaitingCounter, 'source' | 'since' | 'held'>): string {
  const what = held === null ? `no reading has confirmed ${since} yet` : heldWords(held)
  return `of the counter of ${source} ${what}; answer it: tieout todo --code COUNTER_HELD`
}

export function waitingView({ source, currency, held, since, days }: WaitingCounter) {
  return { source, currency, since, held, days: [...days].toSorted() }
}
