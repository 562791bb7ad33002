/** Reads sealed journals and their lines back, exactly as they were sealed. */
import type { Kysely, Selectable } from 'kysely'
import type { JournalTable } from '../db/journal-tables.ts'
import type { Tables } from '../db/tables.ts'
import type { SealedJournal } from '../domain/journal.ts'
import { compareKeys, type RoundedLine } from '../domain/rounding.ts'
import type { Book } from '../ledger/books.ts'
import type { DayRange } from './drafts.ts'

/** Journals whose document date is in the range, in the order of sealing. */
export async function listJournals(db: Kysely<Tables>, book: Book, range: DayRange): Promise<readonly SealedJournal[]> {
  const rows = await db
    .selectFrom('journal')
    .selectAll()
    .where('book', '=', book.id)
    .where('document_date', '>=', range.from)
    .where('document_date', '<=', range.to)
    .orderBy('id')
    .execute()
  return rows.map(toJournal)
}

/** A journal's lines in account order. Empty when there is no such journal. */
export async function journalLines(db: Kysely<Tables>, book: Book, journal: bigint): Promise<readonly RoundedLine[]> {
  const lines = await linesOfJournals(db, book, { first: journal, last: journal })
  return lines.get(journal) ?? []
}

/** The lines of all journals from `first` to `last`, by journal id. */
export async function linesOfJournals(
  db: Kysely<Tables>,
  book: Book,
  { first, last }: { readonly first: bigint; readonly last: bigint },
): Promise<ReadonlyMap<bigint, readonly RoundedLine[]>> {
  const rows = await db
    .selectFrom('journal_line as line')
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'line.book').onRef('account.id', '=', 'line.account'),
    )
    .where('line.book', '=', book.id)
    .where('line.journal', '>=', first)
    .where('line.journal', '<=', last)
    .select(['line.journal', 'account.key as account', 'line.exact', 'line.rounded'])
    .execute()
  const lines = new Map<bigint, RoundedLine[]>()
  for (const { journal, ...line } of rows) {
    const found = lines.get(journal)
    if (found === undefined) lines.set(journal, [line])
    else found.push(line)
  }
  for (const found of lines.values()) found.sort((a, b) => compareKeys(a.account, b.account))
  return lines
}

function toJournal(row: Selectable<JournalTable>): SealedJournal {
  return {
    id: row.id,
    number: Number(row.number),
    document: row.document,
    day: row.day,
    documentDate: row.document_date,
    currency: row.currency,
    fromSequence: row.from_seq,
    toSequence: row.to_seq,
    approvedBy: row.approved_by,
    approvedAtMs: Number(row.approved_at_ms),
    status: row.status,
    hash: row.hash.toString('hex'),
  }
}
