/**
 * Sealing writes a journal's lines, then its link when it has one, then the row that closes them: the database checks the
 * whole there and refuses every later change. All that seal in a book take the lock of its head first.
 */
import { hash } from 'node:crypto'
import { sql, type Kysely, type Transaction } from 'kysely'
import { z } from 'zod'
import { dialectOf } from '../db/dialect.ts'
import type { Tables } from '../db/tables.ts'
import { canonicalJournal, type JournalHeader, type SealedJournal } from '../domain/journals/journal.ts'
import type { RoundedLine } from '../domain/journals/rounding.ts'
import type { AccountKey, IsoDate } from '../domain/transaction.ts'
import { carryOut, type Act } from '../log/acts.ts'
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
  const digest = sha256(canonicalJournal(book.name, header, lines))
  await carryOut(
    trx,
    book.id,
    journalAct,
    { ...saidOf(header), lines: lines.map(saidOfLine), hash: digest },
    header.approvedAtMs,
  )
  return { ...header, status: 'approved', hash: digest }
}

const journalSchema = z.object({
  id: z.string(),
  day: z.string(),
  number: z.number(),
  document: z.string(),
  documentDate: z.string(),
  currency: z.string(),
  from: z.string(),
  to: z.string(),
  by: z.string(),
  heads: z.string(),
  link: z
    .object({ kind: z.enum(['reversal', 'replacement']), subject: z.string(), root: z.string(), why: z.string() })
    .nullable(),
  lines: z.array(z.object({ account: z.string(), exact: z.string(), rounded: z.string() })),
  hash: z.string(),
})

type JournalSaid = z.infer<typeof journalSchema>

/** An approval, a reversal or a replacement: the whole journal as whoever sealed it saw it. */
export const journalAct: Act<JournalSaid> = {
  kind: 'journal',
  schema: journalSchema,
  apply: async (trx, book, said, atMs) => {
    const { id, link, lines } = said
    await insertLines(trx, book, BigInt(id), lines)
    if (link !== null) {
      const { kind, subject, root, why } = link
      const row = { kind, subject: BigInt(subject), root: BigInt(root), why }
      await trx
        .insertInto('journal_link')
        .values({ book, journal: BigInt(id), ...row })
        .execute()
    }
    await trx
      .insertInto('journal')
      .values({
        book,
        id: BigInt(id),
        day: said.day,
        number: BigInt(said.number),
        document: said.document,
        document_date: said.documentDate,
        currency: said.currency,
        from_seq: BigInt(said.from),
        to_seq: BigInt(said.to),
        status: 'approved',
        approved_by: said.by,
        approved_at_ms: BigInt(atMs),
        heads: said.heads,
        line_count: BigInt(lines.length),
        hash: Buffer.from(said.hash, 'hex'),
      })
      .execute()
  },
}

function saidOf(header: JournalHeader): Omit<JournalSaid, 'lines' | 'hash'> {
  const { id, day, number, document, documentDate, currency, fromSequence, toSequence, heads, link } = header
  const said = { id: String(id), day, number, document, documentDate, currency, by: header.approvedBy, heads }
  return {
    ...said,
    from: String(fromSequence),
    to: String(toSequence),
    link:
      link === null ? null : { kind: link.kind, subject: String(link.subject), root: String(link.root), why: link.why },
  }
}

function saidOfLine({ account, exact, rounded }: RoundedLine): JournalSaid['lines'][number] {
  return { account, exact: String(exact), rounded: String(rounded) }
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex')
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
  trx: Kysely<Tables>,
  book: bigint,
  journal: bigint,
  lines: JournalSaid['lines'],
): Promise<void> {
  const accounts: ReadonlyMap<AccountKey, bigint> = await accountIds(trx, { id: book })
  const rows = lines.flatMap(({ account: key, exact, rounded }) => {
    const account = accounts.get(key)
    return account === undefined ? [] : [{ book, journal, account, exact: BigInt(exact), rounded: BigInt(rounded) }]
  })
  for (let start = 0; start < rows.length; start += LINES_PER_INSERT) {
    await trx
      .insertInto('journal_line')
      .values(rows.slice(start, start + LINES_PER_INSERT))
      .execute()
  }
}
