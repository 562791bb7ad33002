/**
 * Sealing writes a journal's lines, then its link when it has one, then the row that closes them: the database checks the
 * whole there and refuses every later change. All that seal in a book take the lock of its head first.
 */
import { hash } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import { dialectOf } from '../db/dialect.ts'
import type { Tables } from '../db/tables.ts'
import { canonicalJournal, type JournalHeader, type SealedJournal } from '../domain/journals/journal.ts'
import type { RoundedLine } from '../domain/journals/rounding.ts'
import type { AccountKey, IsoDate } from '../domain/transaction.ts'
import { accountIds, type Book } from '../ledger/books.ts'

const LINES_PER_INSERT = 500

/** Lets nobody post or approve in this book until the transaction ends. On SQLite every transaction has that lock anyway. */
export async function lockHead(trx: Transaction<Tables>, book: Book): Promise<void> {
  if (dialectOf(trx) === 'postgres') await sql`select seq from head where book = ${book.id} for update`.execute(trx)
}

/** Inside the caller's transaction, which holds the lock. */
export async function sealJournal(
  trx: Transaction<Tables>,
  book: Book,
  header: JournalHeader,
  lines: readonly RoundedLine[],
): Promise<SealedJournal> {
  const digest = hash('sha256', canonicalJournal(book.name, header, lines), 'buffer')
  await insertLines(trx, book, header.id, lines)
  await insertLink(trx, book, header)
  await trx
    .insertInto('journal')
    .values({
      book: book.id,
      id: header.id,
      day: header.day,
      number: BigInt(header.number),
      document: header.document,
      document_date: header.documentDate,
      currency: header.currency,
      from_seq: header.fromSequence,
      to_seq: header.toSequence,
      status: 'approved',
      approved_by: header.approvedBy,
      approved_at_ms: BigInt(header.approvedAtMs),
      line_count: BigInt(lines.length),
      hash: digest,
    })
    .execute()
  return { ...header, status: 'approved', hash: digest.toString('hex') }
}

async function insertLink(trx: Transaction<Tables>, book: Book, { id, link }: JournalHeader): Promise<void> {
  if (link === null) return
  const { kind, subject, root, why } = link
  await trx.insertInto('journal_link').values({ book: book.id, journal: id, kind, subject, root, why }).execute()
}

/** The next id of the book, and the next number of the day. */
export async function nextNumbers(
  trx: Transaction<Tables>,
  book: Book,
  day: IsoDate,
): Promise<Pick<SealedJournal, 'id' | 'number'>> {
  const all = trx.selectFrom('journal').where('book', '=', book.id)
  const last = await all.select((eb) => eb.fn.max('id').as('max')).executeTakeFirst()
  const ofDay = all.where('day', '=', day)
  const lastOfDay = await ofDay.select((eb) => eb.fn.max('number').as('max')).executeTakeFirst()
  return { id: (last?.max ?? 0n) + 1n, number: Number(lastOfDay?.max ?? 0n) + 1 }
}

async function insertLines(
  trx: Transaction<Tables>,
  book: Book,
  journal: bigint,
  lines: readonly RoundedLine[],
): Promise<void> {
  const accounts: ReadonlyMap<AccountKey, bigint> = await accountIds(trx, book)
  const rows = lines.flatMap(({ account: key, exact, rounded }) => {
    const account = accounts.get(key)
    return account === undefined ? [] : [{ book: book.id, journal, account, exact, rounded }]
  })
  for (let start = 0; start < rows.length; start += LINES_PER_INSERT) {
    await trx
      .insertInto('journal_line')
      .values(rows.slice(start, start + LINES_PER_INSERT))
      .execute()
  }
}
