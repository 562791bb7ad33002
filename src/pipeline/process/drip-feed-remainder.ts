/**
 * What a drip-feed cost at once, and what its runs cost one by one, differ in the last decimals: the panel rounds each
 * run's charge, and the wallet moved by the whole. So much is no difference to look into: it is posted as rounding, within
 * one unit of the last decimal per run over the book's whole life, and never more.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { abs, type Units } from '../../domain/money/money.ts'
import { lastPlace } from '../../domain/orders/refund-check.ts'
import { isoDateInZone } from '../../domain/time/dates.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { positions } from '../../ledger/positions.ts'
import { hasOpening } from '../../reconcile/wallet.ts'
import { draftOf, evidenceOf, type BatchContext, type ContextSource } from './context.ts'

const OBJECT = 'drip-feed:wallet'
/** No remainder is larger: runs are thousands at most, and what they are looked up for is rare this way. */
const LARGEST: Units = 1_000_000n

/** `left`: what a consistent cut leaves unexplained. No draft unless all of it is a remainder. */
export async function bookRemainder(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  left: Units,
): Promise<readonly TransactionDraft[]> {
  const { db, book } = context
  if (left === 0n || abs(left) > LARGEST || !(await hasOpening(db, book, source.id))) return []
  const held = (await positions(db, book, source.id, [OBJECT])).get(OBJECT)
  const before = [...(held?.values() ?? [])].reduce((sum, { cumulative }) => sum + cumulative, 0n)
  if (before + abs(left) > (await roundedByRuns(db, book, source.id))) return []
  const kind = left > 0n ? 'written-up' : 'written-off'
  const position = held?.get(kind)
  const amount = abs(left)
  const about = { source, object: OBJECT, kind, version: (position?.version ?? 0) + 1, amount }
  return [
    draftOf(context, {
      ...about,
      cumulative: (position?.cumulative ?? 0n) + amount,
      effectiveDate: isoDateInZone(item.fetchedAtMs, context.settings.book.timeZone),
      rule: 'drip-feed/rounding',
      memo: 'the runs of drip-feed orders are rounded one by one, the wallet moved by the whole',
      evidence: evidenceOf(item),
    }),
  ]
}

/** One unit of the last decimal shown of each charge that an order has as the run of another. */
async function roundedByRuns(db: Kysely<Tables>, book: bigint, source: bigint): Promise<Units> {
  const rows = await db
    .selectFrom('panel_order as o')
    .innerJoin('order_state as s', (join) =>
      join.onRef('s.book', '=', 'o.book').onRef('s.source', '=', 'o.source').onRef('s.order_id', '=', 'o.order_id'),
    )
    .select(['s.charge_decimals', ({ fn }) => fn.countAll<bigint>().as('runs')])
    .where('o.book', '=', book)
    .where('o.source', '=', source)
    .where('o.origin', '=', 'parent')
    .where('s.charged', '>', 0n)
    .groupBy('s.charge_decimals')
    .execute()
  return rows.reduce((sum, { charge_decimals, runs }) => sum + runs * lastPlace(Number(charge_decimals ?? 8n)), 0n)
}
