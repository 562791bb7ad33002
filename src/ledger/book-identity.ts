/**
 * The id of a book that lasts: made once at random, never from the name, which may be the same in another database that
 * delivers into the same company. It starts the numbers of the book's journals and stands in every entry it delivers.
 */
import { machine } from '../machine/machine.ts'
import type { Kysely, Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { InvariantError } from '../domain/errors.ts'

/** Eight hex digits: a document number with it leaves room for parts within the 21 characters QuickBooks takes. */
export function newLastingId(): string {
  return machine().randomBytes(4).toString('hex').toUpperCase()
}

/** Throws InvariantError for a book without one: every book is made with its id, or got it from the migration. */
export async function lastingIdOf(db: Kysely<Tables>, book: bigint): Promise<string> {
  const row = await db.selectFrom('book_identity').select('lasting_id').where('book', '=', book).executeTakeFirst()
  if (row !== undefined) return row.lasting_id
  const message = `Book ${book} has no id of its own in table book_identity.`
  throw new InvariantError('BOOK_IDENTITY', message, 'Restore the database from a backup: nothing deletes such a row.')
}

export async function setLastingId(trx: Transaction<Tables>, book: bigint, lastingId: string): Promise<void> {
  await trx.insertInto('book_identity').values({ book, lasting_id: lastingId }).execute()
}
