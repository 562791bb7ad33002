/** Places in the ledger: sequences are recorded in order, so an instant is a sequence, and every sequence has its hash. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { GENESIS_HASH } from '../domain/byte-writer.ts'
import type { Book } from './books.ts'

/** The last sequence recorded at or before the instant; 0 when nothing was. A few reads by primary key, whatever the size. */
export async function sequenceKnownAt(db: Kysely<Tables>, book: Book, knownAtMs: number): Promise<number> {
  const head = await db.selectFrom('head').select('seq').where('book', '=', book.id).executeTakeFirst()
  let known = 0
  let later = Number(head?.seq ?? 0n) + 1
  while (later - known > 1) {
    const middle = Math.floor((known + later) / 2)
    const row = await db
      .selectFrom('txn')
      .select('recorded_at_ms')
      .where('book', '=', book.id)
      .where('seq', '=', BigInt(middle))
      .executeTakeFirstOrThrow()
    if (Number(row.recorded_at_ms) <= knownAtMs) known = middle
    else later = middle
  }
  return known
}

/** The chain's hash at a sequence, lower-case hex; zeros for none. */
export async function chainHeadAt(db: Kysely<Tables>, book: Book, sequence: number): Promise<string> {
  if (sequence === 0) return GENESIS_HASH.toString('hex')
  const row = await db
    .selectFrom('txn')
    .select('hash')
    .where('book', '=', book.id)
    .where('seq', '=', BigInt(sequence))
    .executeTakeFirstOrThrow()
  return row.hash.toString('hex')
}
