/**
 * What a drip-feed cost at once, and what its runs cost one by one, differ in the last decimals: the panel rounds each
 * run's charge, and the wallet moved by the whole. So much is no difference to look into: it is posted as rounding, within
 * one unit of the last decimal per run, and never more. Only where runs were found since the wallet was last compared, and
 * no refund that waits may be what moved it: any other small amount is a difference like all.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { abs, type Units } from '../../domain/money/money.ts'
import { lastPlace } from '../../domain/orders/refund-check.ts'
import { isoDateInZone } from '../../domain/time/dates.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import { claimsUnder, valuationsOf } from '../../domain/wallets/claim-amounts.ts'
import type { ProofRequest } from '../../domain/wallets/wallet-proof.ts'
import type { Landed } from '../../evidence/landing.ts'
import type { WalletReading } from '../../evidence/readings.ts'
import { positions } from '../../ledger/positions.ts'
import { hasOpening } from '../../reconcile/wallet.ts'
import { draftOf, evidenceOf, type BatchContext, type ContextSource } from './context.ts'
import { differenceAt } from './wallet-claims.ts'

const OBJECT = 'drip-feed:wallet'
/** No remainder is larger: runs are thousands at most, and what they are looked up for is rare this way. */
const LARGEST: Units = 1_000_000n

export interface Remainder {
  /** What a consistent cut leaves unexplained. */
  readonly left: Units
  /** The cut before it. */
  readonly cut: WalletReading | null
  readonly request: ProofRequest | null
}

/** No draft unless all of what is left is a remainder. */
export async function bookRemainder(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  { left, cut, request }: Remainder,
): Promise<readonly TransactionDraft[]> {
  const { db, book } = context
  if (left === 0n || abs(left) > LARGEST || !(await hasOpening(db, book, source.id))) return []
  const fresh = await roundedByRuns(db, book, source.id, cut?.batch ?? 0)
  // Of runs found over several nights the whole is left when the last of them is.
  const isWhole = cut !== null && differenceAt(cut) !== 0n
  if (fresh === 0n || (!isWhole && abs(left) > fresh) || isClaimed(left, request)) return []
  const held = (await positions(db, book, source.id, [OBJECT])).get(OBJECT)
  const before = [...(held?.values() ?? [])].reduce((sum, { cumulative }) => sum + cumulative, 0n)
  if (before + abs(left) > (await roundedByRuns(db, book, source.id, 0))) return []
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

/** Whether a refund that waits, or a part of several, may come to it. */
function isClaimed(left: Units, request: ProofRequest | null): boolean {
  if (request === null) return false
  const { pending, roundings } = request
  const valued = valuationsOf(pending, roundings).map((valuation) => claimsUnder(pending, valuation))
  const mayBe = (amount: Units): boolean => amount > 0n === left > 0n && abs(amount) <= abs(left)
  const isUnknown = pending.some(
    ({ state, refundCase }) => refundCase === 'partial' && (state.quantity === null || state.remains === null),
  )
  return (left > 0n && isUnknown) || valued.some((claims) => claims.some(({ amount }) => mayBe(amount)))
}

/** One unit of the last decimal shown of each charge that an order has as the run of another, of those found after a batch. */
async function roundedByRuns(db: Kysely<Tables>, book: bigint, source: bigint, after: number): Promise<Units> {
  const rows = await db
    .selectFrom('panel_order as o')
    .innerJoin('order_state as s', (join) =>
      join.onRef('s.book', '=', 'o.book').onRef('s.source', '=', 'o.source').onRef('s.order_id', '=', 'o.order_id'),
    )
    .select(['s.charge_decimals', ({ fn }) => fn.countAll<bigint>().as('runs')])
    .where('o.book', '=', book)
    .where('o.source', '=', source)
    .where('o.origin', '=', 'parent')
    .where('o.evidence_batch', '>', BigInt(after))
    .where('s.charged', '>', 0n)
    .groupBy('s.charge_decimals')
    .execute()
  return rows.reduce((sum, { charge_decimals, runs }) => sum + runs * lastPlace(Number(charge_decimals ?? 8n)), 0n)
}
