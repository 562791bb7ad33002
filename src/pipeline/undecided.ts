/**
 * Sources of a book of which something is undecided, and the days whose journals it concerns: what approvals go by. The
 * postings of such a source may still be reversed, from the first undecided day on.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { intervalWords } from '../domain/counters/counter-undecided.ts'
import { formatMoney } from '../domain/money/money.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { undecidedOf, type Undecided } from '../reconcile/undecided.ts'
import { sourceIds, type Book } from '../ledger/books.ts'

export interface UndecidedSource extends Undecided {
  readonly source: string
  readonly currency: string
  /** Accounting days from the first undecided one on with postings of it that no journal has sealed. */
  readonly days: ReadonlySet<IsoDate>
}

export async function undecidedSources(
  db: Kysely<Tables>,
  book: Book,
  sources: readonly { readonly name: string; readonly currency: string }[],
): Promise<readonly UndecidedSource[]> {
  const ids = await sourceIds(db, book)
  const found: UndecidedSource[] = []
  for (const { name, currency } of sources) {
    const id = ids.get(name)
    const undecided = id === undefined ? null : await undecidedOf(db, book.id, id)
    if (id === undefined || undecided === null) continue
    found.push({
      ...undecided,
      source: name,
      currency,
      days: await unsealedDaysOf(db, book, id, { currency, undecided }),
    })
  }
  return found
}

async function unsealedDaysOf(
  db: Kysely<Tables>,
  book: Book,
  source: bigint,
  { currency, undecided: { since } }: { readonly currency: string; readonly undecided: Undecided },
): Promise<ReadonlySet<IsoDate>> {
  const rows = await db
    .selectFrom('txn')
    .select('effective_date')
    .distinct()
    .where('book', '=', book.id)
    .where('source', '=', source)
    .where('currency', '=', currency)
    .where('effective_date', '>=', since)
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

interface Draft {
  readonly day: IsoDate
  readonly currency: string
}

export function undecidedIn({ day, currency }: Draft, found: readonly UndecidedSource[]): readonly UndecidedSource[] {
  return found.filter((each) => each.currency === currency && each.days.has(day))
}

/** The end of a sentence. */
export function undecidedWords({ source, currency, since, reading, booked, ...interval }: UndecidedSource): string {
  const total = `${intervalWords(interval)} in ${currency} since then, ${formatMoney(booked)} of it booked provisionally`
  return `${source} is undecided since ${since} (${total}); to decide: tieout counters accept ${reading} --as MEANING`
}
