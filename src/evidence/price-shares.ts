/** The account's own share of the catalogue's price, as far as orders have shown it. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { NOTHING_LEARNED, type LearnedPrice, type PriceShare } from '../domain/orders/overcharge.ts'

const STAGES = ['learned', 'trial'] as const

export async function loadShare(db: Kysely<Tables>, book: bigint, source: bigint): Promise<LearnedPrice> {
  const rows = await db
    .selectFrom('price_share')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .execute()
  let known = NOTHING_LEARNED
  for (const { stage, low, high, orders } of rows) known = { ...known, [stage]: { low, high, orders: Number(orders) } }
  return known
}

export async function saveShare(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  before: LearnedPrice,
  after: LearnedPrice,
): Promise<void> {
  for (const stage of STAGES) {
    const share = after[stage]
    if (share === before[stage]) continue
    await (share === null ? removeStage(db, book, source, stage) : writeStage(db, book, source, stage, share))
  }
}

async function writeStage(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  stage: 'learned' | 'trial',
  { low, high, orders }: PriceShare,
): Promise<void> {
  const changing = { low, high, orders: BigInt(orders) }
  await db
    .insertInto('price_share')
    .values({ book, source, stage, ...changing })
    .onConflict((conflict) => conflict.columns(['book', 'source', 'stage']).doUpdateSet(changing))
    .execute()
}

async function removeStage(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  stage: 'learned' | 'trial',
): Promise<void> {
  await db
    .deleteFrom('price_share')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('stage', '=', stage)
    .execute()
}
