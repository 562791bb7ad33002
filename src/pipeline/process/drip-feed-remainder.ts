/**
 * What a drip-feed cost at once, and what its runs cost one by one, differ in the last decimals: the panel rounds each
 * run's charge, and the wallet moved by the whole. The remainder is posted as rounding where it is proven: the charge of the
 * whole and of every run is known, and the wallet differs by just what lies between (decide-parents.ts). Where the panel
 * never shows the whole, nothing is booked; a difference within one unit of the last decimal for each run found is told with
 * the wallet and is no exception.
 */
import { abs, type Units } from '../../domain/money/money.ts'
import { isoDateInZone } from '../../domain/time/dates.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import { claimsUnder, valuationsOf } from '../../domain/wallets/claim-amounts.ts'
import type { ProofRequest } from '../../domain/wallets/wallet-proof.ts'
import type { Landed } from '../../evidence/landing.ts'
import type { WalletReading } from '../../evidence/readings.ts'
import { positions } from '../../ledger/positions.ts'
import { openObjects } from '../../reconcile/exceptions.ts'
import { hasOpening } from '../../reconcile/wallet.ts'
import { draftOf, evidenceOf, type BatchContext, type ContextSource } from './context.ts'
import { LARGEST_REMAINDER, untoldRounding } from './parent-families.ts'
import { differenceAt } from './wallet-claims.ts'

const OBJECT = 'drip-feed:wallet'

/** `amount`: what the wallet holds more than the books; less is negative. */
export async function remainderDraft(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  amount: Units,
): Promise<TransactionDraft> {
  const held = (await positions(context.db, context.book, source.id, [OBJECT])).get(OBJECT)
  const kind = amount > 0n ? 'written-up' : 'written-off'
  const position = held?.get(kind)
  return draftOf(context, {
    source,
    object: OBJECT,
    kind,
    version: (position?.version ?? 0) + 1,
    amount: abs(amount),
    cumulative: (position?.cumulative ?? 0n) + abs(amount),
    effectiveDate: isoDateInZone(item.fetchedAtMs, context.settings.book.timeZone),
    rule: 'drip-feed/rounding',
    memo: 'the runs of drip-feed orders are rounded one by one, the wallet moved by the whole',
    evidence: evidenceOf(item),
  })
}

export interface Remainder {
  /** What a consistent cut leaves unexplained. */
  readonly left: Units
  /** The cut before it. */
  readonly cut: WalletReading | null
  readonly request: ProofRequest | null
}

/** Whether all of what is left is within what rounding runs can leave, and came when runs were found. */
export async function mayBeRemainder(
  context: BatchContext,
  source: ContextSource,
  { left, cut, request }: Remainder,
): Promise<boolean> {
  const { db, book } = context
  if (left === 0n || abs(left) > LARGEST_REMAINDER || !(await hasOpening(db, book, source.id))) return false
  if (isClaimed(left, request)) return false
  const change = left - (cut === null ? 0n : differenceAt(cut))
  if (change !== 0n) return abs(change) <= (await untoldRounding(context, source, cut?.batch ?? 0))
  const open = await openObjects(db, book, source.name, ['MISSING_IN_BOOKS', 'ROUNDING'], ['wallet'])
  return open.size === 0
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
