/**
 * What a person has said of the id of a book of tieout that this database does not know, and whose entries a target holds:
 * that it is another book, or this one from a database that was lost. What was said before stays written.
 */
import { sql, type Kysely, type Transaction } from 'kysely'
import { z } from 'zod'
import { dialectOf } from '../../db/dialect.ts'
import type { Tables } from '../../db/tables.ts'
import { carryOut, type Act } from '../../log/acts.ts'
import type { Outbox } from './row.ts'

export interface BookWord {
  readonly lastingId: string
  readonly action: 'another' | 'take-over'
  readonly why: string
  readonly by: string
  readonly atMs: number
}

/** The last word on each id counts. */
export async function bookWords(
  db: Kysely<Tables>,
  { book, target }: Outbox,
): Promise<ReadonlyMap<string, BookWord['action']>> {
  const words = await db
    .selectFrom('outbox_book_word')
    .select(['lasting_id', 'action'])
    .where('book', '=', book)
    .where('target', '=', target)
    .orderBy('n')
    .execute()
  return new Map(words.map(({ lasting_id: id, action }) => [id, action]))
}

/** The ids whose entries are this book's own, though a database that was lost made them. */
export async function takenOverIds(db: Kysely<Tables>, outbox: Outbox): Promise<ReadonlySet<string>> {
  const words = await bookWords(db, outbox)
  return new Set([...words].flatMap(([id, action]) => (action === 'take-over' ? [id] : [])))
}

/** The ids of the books of this database. */
export async function idsHere(db: Kysely<Tables>): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('book_identity').select('lasting_id').execute()
  return new Set(rows.map(({ lasting_id: id }) => id))
}

/** False when that was the last word already. */
export async function sayBookWord(trx: Transaction<Tables>, outbox: Outbox, word: BookWord): Promise<boolean> {
  const { book, target } = outbox
  const { lastingId, action, why, by, atMs } = word
  if (dialectOf(trx) === 'postgres') await sql`select seq from head where book = ${book} for update`.execute(trx)
  if ((await bookWords(trx, outbox)).get(lastingId) === action) return false
  const last = await trx
    .selectFrom('outbox_book_word')
    .select((eb) => eb.fn.max('n').as('max'))
    .where('book', '=', book)
    .executeTakeFirst()
  const n = String((last?.max ?? 0n) + 1n)
  await carryOut(trx, book, bookWordAct, { n, target, lastingId, action, why, by }, atMs)
  return true
}

const bookWordSchema = z.object({
  n: z.string(),
  target: z.string(),
  lastingId: z.string(),
  action: z.enum(['another', 'take-over']),
  why: z.string(),
  by: z.string(),
})

export const bookWordAct: Act<z.infer<typeof bookWordSchema>> = {
  kind: 'other-book',
  schema: bookWordSchema,
  apply: async (trx, book, { n, target, lastingId, action, why, by }, atMs) => {
    const row = { book, n: BigInt(n), target, lasting_id: lastingId, action, why, by_person: by, at_ms: BigInt(atMs) }
    await trx.insertInto('outbox_book_word').values(row).execute()
  },
}
