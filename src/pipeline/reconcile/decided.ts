/** What became of a decision once it was processed: the match it is about, and why it was set aside if it was. */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { RejectedError } from '../../domain/errors.ts'

/** The match that the decision of this batch is about; 0 for one that waits for a second person. Throws when it was set aside. */
export async function decidedIn(db: Kysely<Tables>, book: bigint, batch: number): Promise<bigint> {
  const row = await db
    .selectFrom('match_decision')
    .select('match')
    .where('book', '=', book)
    .where('batch', '=', BigInt(batch))
    .executeTakeFirst()
  if (row !== undefined) return row.match ?? 0n
  const aside = await db
    .selectFrom('quarantine')
    .select('reason')
    .where('book', '=', book)
    .where('batch', '=', BigInt(batch))
    .executeTakeFirst()
  const message = `The decision was set aside${aside === undefined ? '' : `: ${aside.reason}`}.`
  throw new RejectedError(
    'DECISION_SET_ASIDE',
    message,
    'Nothing was posted. tieout reconcile list shows what is open.',
  )
}
