/**
 * Which sealed journals a target has no row for, and what they say. Everything is asked for by id, so that a delivery
 * costs what is new and not what the ledger holds.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { journalsById, linesOfJournals } from '../../journals/read.ts'
import type { Book } from '../../ledger/books.ts'
import { sealedDocument } from '../files/read-documents.ts'
import { outboxOf, type Filling, type SealedDocument } from './work.ts'

type Place = Pick<Filling, 'book' | 'name' | 'from'>

/** Journals of the target's days without a row, in the order of sealing. */
export async function missingJournals(db: Kysely<Tables>, place: Place): Promise<readonly bigint[]> {
  const rows = await missing(db, place).select('journal.id').orderBy('journal.id').execute()
  return rows.map(({ id }) => id)
}

export async function countMissing(db: Kysely<Tables>, place: Place): Promise<number> {
  const row = await missing(db, place)
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .executeTakeFirst()
  return Number(row?.count ?? 0n)
}

function missing(db: Kysely<Tables>, place: Place) {
  const { book, target } = outboxOf(place)
  return db
    .selectFrom('journal')
    .where('journal.book', '=', book)
    .where('journal.day', '>=', place.from)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('outbox')
            .select('outbox.part')
            .whereRef('outbox.book', '=', 'journal.book')
            .whereRef('outbox.journal', '=', 'journal.id')
            .where('outbox.target', '=', target),
        ),
      ),
    )
}

/** Every sealed journal of the target's days, with a row or without. */
export async function journalsOfTarget(db: Kysely<Tables>, { book, from }: Place): Promise<readonly bigint[]> {
  const rows = await db
    .selectFrom('journal')
    .select('id')
    .where('book', '=', book.id)
    .where('day', '>=', from)
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** How many sealed journals lie before the target's days. */
export async function countEarlier(db: Kysely<Tables>, { book, from }: Omit<Place, 'name'>): Promise<number> {
  const row = await db
    .selectFrom('journal')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('book', '=', book.id)
    .where('day', '<', from)
    .executeTakeFirst()
  return Number(row?.count ?? 0n)
}

/** What these journals say, in the order of sealing. Give a page of them at a time: all their lines are in memory. */
export async function sealedDocuments(
  db: Kysely<Tables>,
  book: Book,
  ids: readonly bigint[],
): Promise<readonly SealedDocument[]> {
  const journals = await journalsById(db, book, ids)
  const lines = await linesOfJournals(db, book, ids)
  return journals.map((journal) => ({ journal, document: sealedDocument(journal, lines.get(journal.id) ?? []) }))
}
