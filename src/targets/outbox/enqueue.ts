/**
 * Puts sealed journals into the outbox: each part with the exact bytes that will be sent. A journal that cannot be built
 * for the target is not cut or guessed at: it stays out, with the reason, and is tried again next time.
 */
import type { Kysely, Transaction } from 'kysely'
import { dialectOf } from '../../db/dialect.ts'
import type { Tables } from '../../db/tables.ts'
import type { ExceptionCode } from '../../domain/exception.ts'
import { EVERY_DAY } from '../../journals/drafts.ts'
import { linesOfJournals, listJournals } from '../../journals/read.ts'
import { insertPayload } from './move.ts'
import { outboxOf, type Filling, type SealedDocument } from './work.ts'

export interface Unbuilt {
  readonly document: string
  readonly journal: bigint
  readonly code: ExceptionCode
  readonly reason: string
}

export interface Enqueued {
  /** Documents of new rows. */
  readonly documents: readonly string[]
  readonly unbuilt: readonly Unbuilt[]
}

/** Every sealed journal of the target's days that has no row yet, one transaction per journal. */
export async function enqueueMissing(kysely: Kysely<Tables>, filling: Filling, nowMs: number): Promise<Enqueued> {
  const documents: string[] = []
  const unbuilt: Unbuilt[] = []
  for (const sealed of await missingJournals(kysely, filling)) {
    const done = await kysely.transaction().execute((trx) => enqueueWithin(trx, filling, sealed, nowMs))
    documents.push(...done.documents)
    unbuilt.push(...done.unbuilt)
  }
  return { documents, unbuilt }
}

/** The same inside the transaction that seals. */
export async function enqueueSealed(trx: Transaction<Tables>, filling: Filling, nowMs: number): Promise<Enqueued> {
  const documents: string[] = []
  const unbuilt: Unbuilt[] = []
  for (const sealed of await missingJournals(trx, filling)) {
    const done = await enqueueWithin(trx, filling, sealed, nowMs)
    documents.push(...done.documents)
    unbuilt.push(...done.unbuilt)
  }
  return { documents, unbuilt }
}

/** Journals of the target's days without a row. */
export async function missingJournals(
  db: Kysely<Tables>,
  filling: Pick<Filling, 'book' | 'name' | 'from'>,
): Promise<readonly SealedDocument[]> {
  const { book, target } = outboxOf(filling)
  const rows = await db
    .selectFrom('outbox')
    .select('journal')
    .distinct()
    .where('book', '=', book)
    .where('target', '=', target)
    .execute()
  const known = new Set(rows.map(({ journal }) => journal))
  return sealedDocuments(db, filling, (id) => !known.has(id))
}

/** How many sealed journals lie before the target's days. */
export async function countEarlier(
  db: Kysely<Tables>,
  { book, from }: Pick<Filling, 'book' | 'from'>,
): Promise<number> {
  return (await listJournals(db, book, EVERY_DAY)).filter(({ day }) => day < from).length
}

/** The sealed journals of the target's days, in the order of sealing. */
export async function sealedDocuments(
  db: Kysely<Tables>,
  { book, from }: Pick<Filling, 'book' | 'from'>,
  wanted: (id: bigint) => boolean = () => true,
): Promise<readonly SealedDocument[]> {
  const journals = (await listJournals(db, book, EVERY_DAY)).filter(({ id, day }) => day >= from && wanted(id))
  const ends = { first: journals[0]?.id ?? 0n, last: journals.at(-1)?.id ?? -1n }
  const lines = await linesOfJournals(db, book, ends)
  return journals.map((journal) => {
    const { document, day, documentDate, currency, status, fromSequence, toSequence } = journal
    const sequences = `${fromSequence}..${toSequence}`
    return {
      journal,
      document: { document, day, documentDate, currency, status, sequences, lines: lines.get(journal.id) ?? [] },
    }
  })
}

async function enqueueWithin(
  trx: Transaction<Tables>,
  filling: Filling,
  sealed: SealedDocument,
  nowMs: number,
): Promise<Enqueued> {
  const { document, id } = sealed.journal
  const { book, target } = outboxOf(filling)
  await lockJournal(trx, book, id)
  const place = { book, target, journal: id }
  const before = await trx
    .selectFrom('outbox')
    .select('part')
    .where((eb) => eb.and(place))
    .executeTakeFirst()
  if (before !== undefined) return { documents: [], unbuilt: [] }
  const elsewhere = filling.handedOut.get(id)
  if (elsewhere !== undefined) {
    const reason = `${elsewhere} If that file was imported, nothing is missing; if it was not: tieout deliver --target ${target} --again.`
    return { documents: [], unbuilt: [{ document, journal: id, code: 'DUPLICATE', reason }] }
  }
  const built = await filling.build(trx, sealed, null)
  if (!built.ok) return { documents: [], unbuilt: [{ document, journal: id, code: built.code, reason: built.reason }] }
  for (const [index, entry] of built.entries.entries()) {
    const row = { ...place, part: index + 1, revision: 1 }
    await insertPayload(trx, row, { entry, body: filling.body(entry), reason: 'as approved' }, nowMs)
    await trx
      .insertInto('outbox')
      .values({
        ...place,
        part: BigInt(row.part),
        parts: BigInt(built.entries.length),
        document: entry.document,
        state: 'queued',
        revision: 1n,
        generation: 1n,
        sent_at_ms: null,
        answered: 0n,
        holder: null,
        holder_until_ms: null,
        remote_id: null,
        remote_version: null,
        history: 0n,
        queued_at_ms: BigInt(nowMs),
        checked_at_ms: null,
      })
      .execute()
  }
  return { documents: built.entries.map((entry) => entry.document), unbuilt: [] }
}

/** Two processes that fill the same outbox meet here; on SQLite every transaction has the whole database anyway. */
async function lockJournal(trx: Transaction<Tables>, book: bigint, id: bigint): Promise<void> {
  if (dialectOf(trx) !== 'postgres') return
  await trx.selectFrom('journal').select('id').where('book', '=', book).where('id', '=', id).forUpdate().execute()
}
