/**
 * Approval seals: it fixes a day's exact and rounded lines at the head of the ledger, gives the journal its number and
 * its hash, and never changes it again. What arrives later for the same day is that day's next journal. Nothing is
 * approved unless it is asked for by range, so a backfill waits for a person.
 */
import { hash } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import { dialectOf } from '../db/dialect.ts'
import type { Tables } from '../db/tables.ts'
import type { AccountMapping } from '../domain/accounts.ts'
import {
  canonicalJournal,
  documentDate,
  documentNumber,
  documentPrefix,
  roundDays,
  type DraftJournal,
  type HeldJournal,
  type SealedJournal,
} from '../domain/journal.ts'
import type { RoundedLine } from '../domain/rounding.ts'
import type { AccountKey, IsoDate } from '../domain/transaction.ts'
import { accountIds, type Book } from '../ledger/books.ts'
import { unsealedDays } from './drafts.ts'
import { carriedTotals } from './totals.ts'

const LINES_PER_INSERT = 500

export interface Approval {
  readonly from: IsoDate
  /** The last accounting day to seal. */
  readonly through: IsoDate
  readonly by: string
  readonly atMs: number
  /** A journal with an account it does not map is held whole. */
  readonly mapping: AccountMapping
  /** The last day that is closed in the target: journals up to it are dated on the day after. */
  readonly closedThrough?: IsoDate
  /** At most eight letters and digits; made from the book's name when left out. */
  readonly documentPrefix?: string
}

export interface Approved {
  readonly approved: readonly SealedJournal[]
  readonly held: readonly HeldJournal[]
}

/** What every journal of one approval shares. */
interface Sealing {
  readonly book: Book
  readonly head: bigint
  readonly accounts: ReadonlyMap<AccountKey, bigint>
  readonly approval: Approval
}

/** Seals the unsealed days of the range in date order, inside the caller's transaction: all of them, or none. */
export async function approveJournals(trx: Transaction<Tables>, book: Book, approval: Approval): Promise<Approved> {
  await lockHead(trx, book)
  const { days, head } = await unsealedDays(trx, book, { from: approval.from, to: approval.through })
  if (days.length === 0) return { approved: [], held: [] }
  const { ready, held } = roundDays(await carriedTotals(trx, book), days, approval.mapping)
  if (ready.length === 0) return { approved: [], held }
  const sealing: Sealing = { book, head, accounts: await accountIds(trx, book), approval }
  const approved: SealedJournal[] = []
  for (const draft of ready) approved.push(await seal(trx, sealing, draft))
  return { approved, held }
}

/** Lets nobody post or approve in this book until the transaction ends. On SQLite every transaction has that lock anyway. */
async function lockHead(trx: Transaction<Tables>, book: Book): Promise<void> {
  if (dialectOf(trx) === 'postgres') await sql`select seq from head where book = ${book.id} for update`.execute(trx)
}

async function seal(trx: Transaction<Tables>, sealing: Sealing, draft: DraftJournal): Promise<SealedJournal> {
  const { book, head, approval } = sealing
  const { day, currency, lines } = draft
  const place = await nextPlace(trx, book, day, currency)
  const prefix = approval.documentPrefix ?? documentPrefix(book.name)
  const header = {
    ...place,
    document: documentNumber(prefix, day, place.number),
    day,
    documentDate: documentDate(day, approval.closedThrough),
    currency,
    toSequence: head,
    approvedBy: approval.by,
    approvedAtMs: approval.atMs,
  }
  const digest = hash('sha256', canonicalJournal(book.name, header, lines), 'buffer')
  await insertLines(trx, sealing, header.id, lines)
  await trx
    .insertInto('journal')
    .values({
      book: book.id,
      id: header.id,
      day,
      number: BigInt(header.number),
      document: header.document,
      document_date: header.documentDate,
      currency,
      from_seq: header.fromSequence,
      to_seq: head,
      status: 'approved',
      approved_by: approval.by,
      approved_at_ms: BigInt(approval.atMs),
      line_count: BigInt(lines.length),
      hash: digest,
    })
    .execute()
  return { ...header, status: 'approved', hash: digest.toString('hex') }
}

/** The next id of the book, the next number of the day, and the sequence after the day's and currency's last journal. */
async function nextPlace(
  trx: Transaction<Tables>,
  book: Book,
  day: IsoDate,
  currency: string,
): Promise<Pick<SealedJournal, 'id' | 'number' | 'fromSequence'>> {
  const all = trx.selectFrom('journal').where('book', '=', book.id)
  const ofDay = all.where('day', '=', day)
  const [last, lastOfDay, lastOfCurrency] = [
    await all.select((eb) => eb.fn.max('id').as('max')).executeTakeFirst(),
    await ofDay.select((eb) => eb.fn.max('number').as('max')).executeTakeFirst(),
    await ofDay
      .where('currency', '=', currency)
      .select((eb) => eb.fn.max('to_seq').as('max'))
      .executeTakeFirst(),
  ]
  return {
    id: (last?.max ?? 0n) + 1n,
    number: Number(lastOfDay?.max ?? 0n) + 1,
    fromSequence: (lastOfCurrency?.max ?? 0n) + 1n,
  }
}

async function insertLines(
  trx: Transaction<Tables>,
  { book, accounts }: Sealing,
  journal: bigint,
  lines: readonly RoundedLine[],
): Promise<void> {
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
