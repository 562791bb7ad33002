/**
 * How far each book of a database is, and how two databases stand to each other: whether one is the beginning of the
 * other, and what the longer one has beyond it.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { lastingIdOf } from '../../ledger/book-identity.ts'
import { listBooks, type Book } from '../../ledger/books.ts'
import { chainHead, type ChainHead } from '../../ledger/digest.ts'
import { logHead, type LandingKind, type LogHead } from '../../log/landing.ts'
import { hashAt, parseHead } from '../../journals/heads.ts'

export interface Standing {
  readonly book: Book
  readonly lastingId: string
  readonly chain: ChainHead
  /** Null for an empty log. */
  readonly log: LogHead | null
  /** The last night that came to its end; null before the first. */
  readonly night: string | null
}

/** By name, of one moment. */
export async function standingsIn(db: Kysely<Tables>): Promise<readonly Standing[]> {
  return db.transaction().execute(async (trx) => {
    const standings: Standing[] = []
    for (const book of await listBooks(trx)) {
      const chain = await chainHead(trx, book)
      const log = await logHead(trx, book.id)
      standings.push({
        book,
        lastingId: await lastingIdOf(trx, book.id),
        chain,
        log,
        night: await lastNight(trx, book),
      })
    }
    return standings
  })
}

async function lastNight(db: Kysely<Tables>, { id }: Book): Promise<string | null> {
  const rows = await db
    .selectFrom('run')
    .select('arguments')
    .where('book', '=', id)
    .where('kind', '=', 'sync')
    .where('status', '=', 'finished')
    .execute()
  const nights = rows.flatMap((row) => (JSON.parse(row.arguments) as { readonly night?: string }).night ?? [])
  return nights.toSorted().at(-1) ?? null
}

/** Whether a book of this database has all that `standing` has: the same hashes at its heads. */
export async function holds(db: Kysely<Tables>, book: Book, { chain, log }: Standing): Promise<boolean> {
  const inLedger = await hashAt(db, book, { of: 'ledger', sequence: chain.sequence, hash: chain.hash })
  if (inLedger !== chain.hash) return false
  if (log === null) return true
  const place = parseHead(`${log.place}:${log.hash}`)
  return place !== null && (await hashAt(db, book, place)) === log.hash
}

export interface Beyond {
  readonly records: number
  readonly transactions: number
  /** Records that no source is asked for again, by kind. */
  readonly said: readonly { readonly kind: string; readonly records: number }[]
}

/** What sources and targets say is read again, and what a night works out is worked out again. All else came from a person or a file. */
const READ_AGAIN: readonly LandingKind[] = [
  'settings',
  'panel-statuses',
  'panel-balance',
  'panel-services',
  'payelancer-stats',
  'fetch-failure',
  'target',
  'delivery',
  'webhook',
  'reconcile',
  'proofs',
  'rates',
]

/** What a book has beyond a standing that it holds; all of it beyond null. */
export async function beyond(db: Kysely<Tables>, book: Book, standing: Standing | null): Promise<Beyond> {
  const [batch = 0, item = 0] = standing?.log?.place.split('.').map(Number) ?? []
  const rows = await db
    .selectFrom('log_record')
    .select('kind')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('book', '=', book.id)
    .where((row) =>
      row.or([row('batch', '>', BigInt(batch)), row('batch', '=', BigInt(batch)).and('item', '>', BigInt(item))]),
    )
    .groupBy('kind')
    .orderBy('kind')
    .execute()
  const counts = rows.map(({ kind, count }) => ({ kind, records: Number(count) }))
  const { sequence } = await chainHead(db, book)
  return {
    records: counts.reduce((sum, { records }) => sum + records, 0),
    transactions: sequence - (standing?.chain.sequence ?? 0),
    said: counts.filter(({ kind }) => !READ_AGAIN.some((each) => each === kind)),
  }
}
