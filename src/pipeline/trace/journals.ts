/** Where transactions went: the journals that sealed them, and from there every accounting system and file. */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { Book } from '../../ledger/books.ts'

export interface TracedJournal {
  readonly document: string
  readonly day: IsoDate
  readonly currency: string
  readonly from: number
  readonly through: number
  readonly approvedBy: string
  readonly approvedAtMs: number
  readonly delivered: readonly { readonly target: string; readonly state: string; readonly remoteId: string | null }[]
  readonly files: readonly {
    readonly format: string
    readonly path: string
    readonly sha256: string
    readonly atMs: number
  }[]
}

interface Sealable {
  readonly sequence: number
  readonly currency: string
  readonly effectiveDate: IsoDate
}

/** Journals whose range holds one of the transactions: of its day and currency, reversals and replacements included. */
export async function journalsOf(
  db: Kysely<Tables>,
  book: Book,
  transactions: readonly Sealable[],
): Promise<readonly TracedJournal[]> {
  const days = new Map(transactions.map((each) => [`${each.effectiveDate} ${each.currency}`, each]))
  const found = new Map<bigint, TracedJournal>()
  for (const { effectiveDate, currency } of days.values()) {
    const rows = await db
      .selectFrom('journal')
      .selectAll()
      .where('book', '=', book.id)
      .where('day', '=', effectiveDate)
      .where('currency', '=', currency)
      .orderBy('id')
      .execute()
    for (const row of rows) {
      const holds = transactions.some(
        (each) =>
          each.effectiveDate === effectiveDate &&
          each.currency === currency &&
          each.sequence >= Number(row.from_seq) &&
          each.sequence <= Number(row.to_seq),
      )
      if (holds) found.set(row.id, await traced(db, book, row))
    }
  }
  return [...found.values()]
}

/** By its document; null when there is none. */
export async function journalNamed(db: Kysely<Tables>, book: Book, document: string): Promise<TracedJournal | null> {
  const row = await db
    .selectFrom('journal')
    .selectAll()
    .where('book', '=', book.id)
    .where('document', '=', document.toUpperCase())
    .executeTakeFirst()
  return row === undefined ? null : traced(db, book, row)
}

interface JournalRow {
  readonly id: bigint
  readonly document: string
  readonly day: string
  readonly currency: string
  readonly from_seq: bigint
  readonly to_seq: bigint
  readonly approved_by: string
  readonly approved_at_ms: bigint
}

async function traced(db: Kysely<Tables>, book: Book, row: JournalRow): Promise<TracedJournal> {
  const outbox = await db
    .selectFrom('outbox')
    .select(['target', 'state', 'remote_id'])
    .where('book', '=', book.id)
    .where('journal', '=', row.id)
    .orderBy('target')
    .orderBy('part')
    .execute()
  const files = await db
    .selectFrom('export_journal as part')
    .innerJoin('export_file as file', (join) =>
      join.onRef('file.book', '=', 'part.book').onRef('file.n', '=', 'part.file'),
    )
    .select(['file.format', 'file.path', 'file.sha256', 'file.at_ms'])
    .where('part.book', '=', book.id)
    .where('part.journal', '=', row.id)
    .orderBy('file.n')
    .execute()
  return {
    document: row.document,
    day: row.day,
    currency: row.currency,
    from: Number(row.from_seq),
    through: Number(row.to_seq),
    approvedBy: row.approved_by,
    approvedAtMs: Number(row.approved_at_ms),
    delivered: outbox.map(({ target, state, remote_id }) => ({ target, state, remoteId: remote_id })),
    files: files.map(({ format, path, sha256, at_ms }) => ({
      format,
      path,
      sha256: sha256.toString('hex'),
      atMs: Number(at_ms),
    })),
  }
}
