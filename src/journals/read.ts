/** Reads sealed journals and their lines back, exactly as they were sealed. */
import type { Kysely, Selectable } from 'kysely'
import { readInChunks } from '../db/chunks.ts'
import type { JournalTable } from '../db/journal-tables.ts'
import type { Tables } from '../db/tables.ts'
import { InputError } from '../domain/errors.ts'
import type { JournalLink, SealedJournal } from '../domain/journals/journal.ts'
import { compareKeys, type RoundedLine } from '../domain/journals/rounding.ts'
import type { Book } from '../ledger/books.ts'
import type { DayRange } from './drafts.ts'

/** Journals whose document date is in the range, in the order of sealing. */
export async function listJournals(db: Kysely<Tables>, book: Book, range: DayRange): Promise<readonly SealedJournal[]> {
  const rows = await journals(db, book)
    .where('journal.document_date', '>=', range.from)
    .where('journal.document_date', '<=', range.to)
    .orderBy('journal.id')
    .execute()
  return rows.map(toJournal)
}

/** Those with one of these ids, which are given, and come back, in the order of sealing. */
export async function journalsById(
  db: Kysely<Tables>,
  book: Book,
  ids: readonly bigint[],
): Promise<readonly SealedJournal[]> {
  const rows = await readInChunks(ids, (some) =>
    journals(db, book).where('journal.id', 'in', some).orderBy('journal.id').execute(),
  )
  return rows.map(toJournal)
}

/** By its document, whose letters may be small. Undefined when there is none. */
export async function journalOf(db: Kysely<Tables>, book: Book, document: string): Promise<SealedJournal | undefined> {
  const row = await journals(db, book).where('journal.document', '=', document.trim().toUpperCase()).executeTakeFirst()
  return row === undefined ? undefined : toJournal(row)
}

/** The same. Throws InputError when there is none. */
export async function findJournal(db: Kysely<Tables>, book: Book, document: string): Promise<SealedJournal> {
  const found = await journalOf(db, book, document)
  if (found !== undefined) return found
  const message = `Book "${book.name}" has no journal "${document}".`
  throw new InputError('JOURNAL_UNKNOWN', message, 'Run tieout journals list to see them.')
}

function journals(db: Kysely<Tables>, book: Book) {
  return db
    .selectFrom('journal')
    .leftJoin('journal_link as link', (join) =>
      join.onRef('link.book', '=', 'journal.book').onRef('link.journal', '=', 'journal.id'),
    )
    .leftJoin('journal as subject', (join) =>
      join.onRef('subject.book', '=', 'link.book').onRef('subject.id', '=', 'link.subject'),
    )
    .where('journal.book', '=', book.id)
    .selectAll('journal')
    .select(['link.kind', 'link.subject', 'subject.document as subject_document', 'link.root', 'link.why'])
}

/** A journal's lines in account order. Empty when there is no such journal. */
export async function journalLines(db: Kysely<Tables>, book: Book, journal: bigint): Promise<readonly RoundedLine[]> {
  const lines = await linesOfJournals(db, book, [journal])
  return lines.get(journal) ?? []
}

/** The lines of these journals, by journal id. */
export async function linesOfJournals(
  db: Kysely<Tables>,
  book: Book,
  ids: readonly bigint[],
): Promise<ReadonlyMap<bigint, readonly RoundedLine[]>> {
  const rows = await readInChunks(ids, (some) =>
    db
      .selectFrom('journal_line as line')
      .innerJoin('account', (join) =>
        join.onRef('account.book', '=', 'line.book').onRef('account.id', '=', 'line.account'),
      )
      .where('line.book', '=', book.id)
      .where('line.journal', 'in', some)
      .select(['line.journal', 'account.key as account', 'line.exact', 'line.rounded'])
      .execute(),
  )
  const lines = new Map<bigint, RoundedLine[]>()
  for (const { journal, ...line } of rows) {
    const found = lines.get(journal)
    if (found === undefined) lines.set(journal, [line])
    else found.push(line)
  }
  for (const found of lines.values()) found.sort((a, b) => compareKeys(a.account, b.account))
  return lines
}

type JournalRow = Selectable<JournalTable> & {
  readonly kind: JournalLink['kind'] | null
  readonly subject: bigint | null
  readonly subject_document: string | null
  readonly root: bigint | null
  readonly why: string | null
}

function toLink({ kind, subject, subject_document, root, why }: JournalRow): JournalLink | null {
  if (kind === null || subject === null || subject_document === null || root === null || why === null) return null
  return { kind, subject, subjectDocument: subject_document, root, why }
}

function toJournal(row: JournalRow): SealedJournal {
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
    heads: row.heads,
    link: toLink(row),
    status: row.status,
    hash: row.hash.toString('hex'),
  }
}
