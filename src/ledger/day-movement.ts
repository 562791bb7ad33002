/** What one object of a source moved by on one day, as the ledger holds it: everything that raises less all that lowers. */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import type { IsoDate } from '../domain/transaction.ts'

export interface MovementOf {
  readonly object: string
  /** Kinds of transaction. */
  readonly up: string
  readonly down: string
}

export async function movementOfDay(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  day: IsoDate,
  { object, up, down }: MovementOf,
): Promise<Units> {
  const row = await db
    .selectFrom('txn')
    .select(
      sql<bigint | null>`sum(case when kind = ${up} then amount when kind = ${down} then -amount else 0 end)`.as(
        'moved',
      ),
    )
    .where('book', '=', book)
    .where('source', '=', source)
    .where('object', '=', object)
    .where('effective_date', '=', day)
    .executeTakeFirstOrThrow()
  return row.moved ?? 0n
}
