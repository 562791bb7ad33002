/**
 * Who prepared which draft: the hash of exactly what it would be sealed and sent as, and the head of the ledger it was
 * computed at, so that an approval by somebody else seals that very content or nothing.
 */
import type { Kysely, Transaction } from 'kysely'
import { z } from 'zod'
import type { Tables } from '../db/tables.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { carryOut, type Act } from '../log/acts.ts'
import { isSamePerson } from '../domain/person.ts'
import type { Book } from '../ledger/books.ts'

export interface Preparation {
  readonly day: IsoDate
  readonly currency: string
  /** The last sequence of the ledger it covers. */
  readonly head: bigint
  /** Lower-case hex over its lines and over what every target would be sent. */
  readonly sha256: string
  readonly by: string
  readonly atMs: number
}

/** In the order they were made. */
export async function listPreparations(db: Kysely<Tables>, book: Book): Promise<readonly Preparation[]> {
  const rows = await db.selectFrom('journal_preparation').selectAll().where('book', '=', book.id).orderBy('n').execute()
  return rows.map(({ day, currency, head_seq: head, sha256, by_person: by, at_ms: atMs }) => ({
    day,
    currency,
    head,
    sha256: sha256.toString('hex'),
    by,
    atMs: Number(atMs),
  }))
}

const preparationSchema = z.object({
  n: z.string(),
  day: z.string(),
  currency: z.string(),
  head: z.string(),
  sha256: z.string(),
  by: z.string(),
})

export const preparationAct: Act<z.infer<typeof preparationSchema>> = {
  kind: 'journal-preparation',
  schema: preparationSchema,
  apply: async (trx, book, { n, day, currency, head, sha256, by }, atMs) => {
    const row = { day, currency, head_seq: BigInt(head), sha256: Buffer.from(sha256, 'hex') }
    await trx
      .insertInto('journal_preparation')
      .values({ book, n: BigInt(n), ...row, by_person: by, at_ms: BigInt(atMs) })
      .execute()
  },
}

/** Inside the caller's transaction, which holds the lock of the head. */
export async function addPreparations(
  trx: Transaction<Tables>,
  book: Book,
  preparations: readonly Preparation[],
): Promise<void> {
  const last = await trx
    .selectFrom('journal_preparation')
    .select((eb) => eb.fn.max('n').as('max'))
    .where('book', '=', book.id)
    .executeTakeFirst()
  let n = last?.max ?? 0n
  for (const { day, currency, head, sha256, by, atMs } of preparations) {
    n += 1n
    const said = { n: String(n), day, currency, head: String(head), sha256, by }
    await carryOut(trx, book.id, preparationAct, said, atMs)
  }
}

/** The latest of a day and currency by somebody else than `by`. */
export function latestByOther(
  preparations: readonly Preparation[],
  { day, currency }: Pick<Preparation, 'day' | 'currency'>,
  by: string,
): Preparation | undefined {
  return preparations.findLast((each) => each.day === day && each.currency === currency && !isSamePerson(each.by, by))
}
