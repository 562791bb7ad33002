/** Conversions an ad network told of, once each however often they came: what a day's counters are compared with. */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import type { Evidence, IsoDate } from '../domain/transaction.ts'

export interface Conversion {
  /** SHA-256 of the body: the vendor gives no id. */
  readonly sha256: Buffer
  /** The vendor's day. */
  readonly day: IsoDate
  readonly payout: Units
  readonly receptions: number
}

const ROWS_PER_STATEMENT = 200

export async function saveConversions(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  conversions: readonly Conversion[],
  evidence: Evidence,
): Promise<void> {
  for (let at = 0; at < conversions.length; at += ROWS_PER_STATEMENT) {
    const rows = conversions.slice(at, at + ROWS_PER_STATEMENT).map(({ sha256, day, payout, receptions }) => ({
      book,
      source,
      sha256,
      day,
      payout,
      receptions: BigInt(receptions),
      evidence_batch: BigInt(evidence.batch),
      evidence_item: BigInt(evidence.item),
    }))
    await db
      .insertInto('conversion')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['book', 'source', 'day', 'sha256']).doUpdateSet({
          // The spool counts on, until it forgets an old body and starts again.
          receptions: sql<bigint>`case when excluded.receptions > conversion.receptions
            then excluded.receptions else conversion.receptions end`,
        }),
      )
      .execute()
  }
}

export interface ConversionDay {
  readonly count: number
  readonly duplicates: number
  readonly payout: Units
}

export async function conversionDay(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  day: IsoDate,
): Promise<ConversionDay> {
  const { fn } = db
  const row = await db
    .selectFrom('conversion')
    .select([
      fn.count<bigint>('sha256').as('count'),
      fn.sum<bigint | null>('receptions').as('receptions'),
      fn.sum<bigint | null>('payout').as('payout'),
    ])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('day', '=', day)
    .executeTakeFirstOrThrow()
  const distinct = Number(row.count)
  return { count: distinct, duplicates: Number(row.receptions ?? 0n) - distinct, payout: row.payout ?? 0n }
}
