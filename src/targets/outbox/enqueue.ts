/**
 * Puts sealed journals into the outbox: each part with the exact bytes that will be sent. A journal that cannot be built
 * for the target is not cut or guessed at: it stays out, with the reason, and is tried again next time.
 */
import type { Kysely, Transaction } from 'kysely'
import { dialectOf } from '../../db/dialect.ts'
import type { Tables } from '../../db/tables.ts'
import type { ExceptionCode } from '../../domain/exception.ts'
import type { Units } from '../../domain/money/money.ts'
import { DESPITE_FILE } from './handed-since.ts'
import { insertPayload } from './move.ts'
import { missingJournals, sealedDocuments } from './sealed-documents.ts'
import { outboxOf, type Filling, type HandedFile, type SealedDocument } from './work.ts'

/** So many journals are in memory with their lines at once. */
const JOURNALS_PER_READ = 200

export interface Unbuilt {
  readonly document: string
  readonly journal: bigint
  readonly code: ExceptionCode
  readonly reason: string
  /** What the journal moves: the sum of its debits. */
  readonly amount: Units
  readonly currency: string
}

export interface Enqueued {
  /** Documents of new rows. */
  readonly documents: readonly string[]
  readonly unbuilt: readonly Unbuilt[]
}

/** Every sealed journal of the target's days that has no row yet, one transaction per journal. */
export function enqueueMissing(kysely: Kysely<Tables>, filling: Filling, nowMs: number): Promise<Enqueued> {
  return enqueueEach(kysely, filling, nowMs, (work) => kysely.transaction().execute(work))
}

/** The same inside the transaction that seals. */
export function enqueueSealed(trx: Transaction<Tables>, filling: Filling, nowMs: number): Promise<Enqueued> {
  return enqueueEach(trx, filling, nowMs, (work) => work(trx))
}

type Within = (work: (trx: Transaction<Tables>) => Promise<Enqueued>) => Promise<Enqueued>

async function enqueueEach(db: Kysely<Tables>, filling: Filling, nowMs: number, within: Within): Promise<Enqueued> {
  const ids = await missingJournals(db, filling)
  const documents: string[] = []
  const unbuilt: Unbuilt[] = []
  for (let at = 0; at < ids.length; at += JOURNALS_PER_READ) {
    const page = ids.slice(at, at + JOURNALS_PER_READ)
    const elsewhere = await filling.handedOut(db, page)
    for (const sealed of await sealedDocuments(db, filling.book, page)) {
      const asked = { sealed, elsewhere: elsewhere.get(sealed.journal.id) }
      const done = await within((trx) => enqueueWithin(trx, filling, asked, nowMs))
      documents.push(...done.documents)
      unbuilt.push(...done.unbuilt)
    }
  }
  return { documents, unbuilt }
}

interface Asked {
  readonly sealed: SealedDocument
  /** The file that took it to the same books; undefined when none did. */
  readonly elsewhere: HandedFile | undefined
}

async function enqueueWithin(
  trx: Transaction<Tables>,
  filling: Filling,
  { sealed, elsewhere }: Asked,
  nowMs: number,
): Promise<Enqueued> {
  const { document, id, currency } = sealed.journal
  const amount = sealed.document.lines.reduce((sum, { rounded }) => (rounded > 0n ? sum + rounded : sum), 0n)
  const unbuilt = (code: ExceptionCode, reason: string): Enqueued => ({
    documents: [],
    unbuilt: [{ document, journal: id, code, reason, amount, currency }],
  })
  const { book, target } = outboxOf(filling)
  await lockJournal(trx, book, id)
  const place = { book, target, journal: id }
  const before = await trx
    .selectFrom('outbox')
    .select('part')
    .where((eb) => eb.and(place))
    .executeTakeFirst()
  if (before !== undefined) return { documents: [], unbuilt: [] }
  if (elsewhere !== undefined && !filling.again) {
    const reason = `${elsewhere.sentence} If that file was imported, nothing is missing; if it was not: tieout deliver --target ${target} --again.`
    return unbuilt('DELIVERY_FAILED', reason)
  }
  const built = await filling.build(trx, sealed, null)
  if (!built.ok) return unbuilt(built.code, built.reason)
  const reason = elsewhere === undefined ? 'as approved' : DESPITE_FILE
  for (const [index, entry] of built.entries.entries()) {
    const row = { ...place, part: index + 1, revision: 1 }
    await insertPayload(trx, row, { entry, body: filling.body(entry), reason }, nowMs)
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
        holder: null,
        holder_until_ms: null,
        remote_id: null,
        remote_version: null,
        history: 0n,
        queued_at_ms: BigInt(nowMs),
        checked_at_ms: null,
        record: null,
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
