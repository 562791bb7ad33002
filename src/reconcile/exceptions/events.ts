/** The history of the exceptions queue as it is written: one line per change, in the transaction that makes the change. */
import type { Kysely } from 'kysely'
import type { ExceptionEventTable } from '../../db/exception-tables.ts'
import type { Tables } from '../../db/tables.ts'
import type { Said } from '../../domain/exceptions/transition.ts'
import type { Evidence } from '../../domain/transaction.ts'

export type ExceptionEventKind = ExceptionEventTable['event']

export interface NewEvent extends Said {
  readonly exception: bigint
  readonly n: bigint
  readonly event: ExceptionEventKind
  /** What the queue says of it from now on. */
  readonly status: 'open' | 'closed'
  readonly owner: string | null
  /** The decision, for what a person decided. */
  readonly decided?: { readonly by: string; readonly why: string; readonly resolution: string | null }
}

/** Far below what either engine takes as parameters of one statement. */
const ROWS_PER_STATEMENT = 500

export async function writeEvents(
  db: Kysely<Tables>,
  book: bigint,
  events: readonly NewEvent[],
  at: { readonly evidence: Evidence | null; readonly ms: number },
): Promise<void> {
  const { evidence, ms } = at
  const rows = events.map(({ decided, ...event }) => ({
    ...event,
    book,
    at_ms: BigInt(ms),
    evidence_batch: evidence === null ? null : BigInt(evidence.batch),
    evidence_item: evidence === null ? null : BigInt(evidence.item),
    by_person: decided?.by ?? null,
    why: decided?.why ?? null,
    resolution: decided?.resolution ?? null,
  }))
  for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) {
    await db
      .insertInto('exception_event')
      .values(rows.slice(from, from + ROWS_PER_STATEMENT))
      .execute()
  }
}
