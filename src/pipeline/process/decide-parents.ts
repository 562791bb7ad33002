/**
 * What the wallet says of parents whose charge is held, and of what rounding the runs of drip-feeds leaves. What counts is
 * its change since a cut that stood still before a parent was made, so that a night nothing explains holds none of a later
 * one; where nobody knows when it was made, its charge may be of before that cut, and only the whole difference tells that
 * it was not charged. Which readings there are, and when one is believed: domain/wallets/parent-readings.ts.
 */
import { abs, type Units } from '../../domain/money/money.ts'
import { besideAll, waitingFits } from '../../domain/wallets/fits.ts'
import {
  parentReadings,
  readParents,
  type ParentChanges,
  type ParentOutcome,
} from '../../domain/wallets/parent-readings.ts'
import type { ProofRequest } from '../../domain/wallets/wallet-proof.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import type { RegisteredOrder } from '../../evidence/registered-order.ts'
import { saveAnswers } from '../../evidence/register-orders.ts'
import { heldParents } from '../../evidence/registry.ts'
import type { WalletReading } from '../../evidence/readings.ts'
import { lateChargesSince, otherEvidenceSince } from '../../evidence/wallet-span.ts'
import { settle, type BatchContext, type ContextSource } from './context.ts'
import { remainderDraft } from './drip-feed-remainder.ts'
import { postDifference, type OrderTiming } from './order-decision.ts'
import { heldFamilies, LARGEST_REMAINDER, unshownFamilies, type Family } from './parent-families.ts'
import { differenceAt, isCut, type WalletHistory } from './wallet-claims.ts'

/** A vendor's clock and ours may lie so far apart. */
const CLOCKS_MS = 600_000
/** Cuts that a pass looks back to, beside the last. */
const MOST_CUTS = 20

export interface ParentCut {
  /** wallet − books, after everything that was proven of refunds. */
  readonly left: Units
  readonly account: string
  readonly history: WalletHistory
  readonly decimals: number
  readonly timing: OrderTiming
  /** False while a part of the difference is in suspense, so that a remainder would be taken from it. */
  readonly mayRound: boolean
  /** The refunds that still wait. */
  readonly request: () => Promise<ProofRequest>
}

export async function decideParents(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  cut: ParentCut,
): Promise<readonly TransactionDraft[]> {
  const held = await heldParents(context.db, context.book, source.id)
  let open: readonly Family[] = [
    ...(await heldFamilies(context, source, held)),
    ...(await unshownOf(context, source, cut)),
  ]
  let { left } = cut
  let remainder: Units = 0n
  const drafts: TransactionDraft[] = []
  const decided: RegisteredOrder[] = []
  for (const since of cutsBefore(open, cut.history)) {
    const found = await readSince(context, source, { ...cut, left }, since, open)
    if (found === null) continue
    const over = new Set<Family>()
    for (const { family, outcome } of found) {
      const { order, charge, booked, isRounded, isHeld } = family
      const moved = outcome === 'whole' ? booked - charge : 0n
      // The whole is the order's own charge where none of its children has one, and else a remainder.
      if (isRounded) remainder += moved
      left -= moved
      over.add(family)
      if (!isHeld) continue
      const gross = outcome === 'whole' && !isRounded ? charge : 0n
      const free = { pending: null, claimBatch: null, claimFromOpen: null } as const
      const priced = { ...order, gross, grossBasis: 'open', ...free } as const
      const posted = postDifference(context, source, priced, order.refunded, 'refund/kept', cut.timing)
      drafts.push(...posted.drafts)
      decided.push(posted.order)
      await settle(context, item, `order:${order.orderId}`)
    }
    open = open.filter((family) => !over.has(family))
  }
  await saveAnswers(context.db, context.book, source.id, decided)
  if (remainder !== 0n) drafts.push(await remainderDraft(context, source, item, remainder))
  return drafts
}

/** Looked for only where some cut leaves so little that it can be a remainder. */
async function unshownOf(
  context: BatchContext,
  source: ContextSource,
  { left, history, mayRound }: ParentCut,
): Promise<readonly Family[]> {
  const stood = [0n, ...history.readings.filter(isCut).map(differenceAt)]
  const isSmall = (change: Units): boolean => change !== 0n && abs(change) <= LARGEST_REMAINDER
  if (!mayRound || !stood.some((before) => isSmall(left - before))) return []
  return unshownFamilies(context, source, history.cut?.batch ?? 0)
}

/** The last cut, the last before each of the parents was made, the newest first; null is before everything. */
function cutsBefore(families: readonly Family[], { readings, cut }: WalletHistory): readonly (WalletReading | null)[] {
  const cuts = readings.filter(isCut)
  const wanted = new Set<WalletReading | null>([cut])
  for (const { order } of families) wanted.add(cuts.find((each) => isMadeAfter(order, each)) ?? null)
  const newest = [...wanted].filter((each) => each !== null).sort((one, other) => other.batch - one.batch)
  return [...newest.slice(0, MOST_CUTS), null]
}

function isMadeAfter({ orderedAtMs }: RegisteredOrder, cut: WalletReading): boolean {
  return orderedAtMs !== null && orderedAtMs > cut.observedAtMs + CLOCKS_MS
}

/**
 * What a parent's charge is to a span: all of it in it, or only what it has risen by (`rise`); perhaps in it (`open`); none
 * of it; or a rise nobody knows the size of, beside which nothing can be told.
 */
type Standing = 'inside' | 'rise' | 'open' | 'outside' | 'unclear'

function standingSince({ order, isHeld }: Family, since: WalletReading | null): Standing {
  if (since === null || isMadeAfter(order, since)) return 'inside'
  const { orderedAtMs, claimBatch, claimFromOpen } = order
  if (isHeld && claimBatch !== null && claimBatch <= since.batch) return 'outside'
  if (isHeld && claimBatch !== null && claimFromOpen !== null) return claimFromOpen ? 'rise' : 'unclear'
  return orderedAtMs !== null && orderedAtMs < since.observedAtMs - CLOCKS_MS ? 'outside' : 'open'
}

interface Decided {
  readonly family: Family
  readonly outcome: ParentOutcome
}

/** What a span decides; null when nothing. */
async function readSince(
  context: BatchContext,
  source: ContextSource,
  cut: ParentCut,
  since: WalletReading | null,
  families: readonly Family[],
): Promise<readonly Decided[] | null> {
  const standing = new Map(families.map((family) => [family, standingSince(family, since)]))
  const is = (...some: readonly Standing[]) =>
    families.filter((family) => some.includes(standing.get(family) ?? 'outside'))
  const members = is('inside', 'open')
  const rises = is('rise')
  const isBlind = is('inside', 'open', 'rise').some(({ isKnown }) => !isKnown) || is('unclear').length > 0
  if (isBlind || members.length + rises.length === 0) return null
  const changes = await changesSince(context, source, cut, since, is('inside', 'rise'))
  const request = await cut.request()
  const readings = parentReadings(members, cut.decimals)
  const reading = readParents(readings, changes, (amount) => mayBeRefund(amount, request, cut.decimals))
  if (reading === null || (rises.length > 0 && reading.sum !== 0n)) return null
  const decided = members.flatMap((family, at): readonly Decided[] => {
    const outcome = reading.outcomes[at] ?? 'children'
    const isTold = outcome === 'whole' ? mayTake(family, cut) : standing.get(family) !== 'open'
    return isTold ? [{ family, outcome }] : []
  })
  const all = [...decided, ...rises.map((family): Decided => ({ family, outcome: 'children' }))]
  return all.length === 0 ? null : all
}

/** Of runs that are booked in part the whole is not booked: the others may come. */
function mayTake({ isHeld, isRounded, booked }: Family, { mayRound }: ParentCut): boolean {
  return isRounded ? mayRound : isHeld && booked === 0n
}

/**
 * What the wallet may have changed by: the books may have taken up since what it held before, of orders dated before
 * certainly, and of those without a date perhaps. The children of what was made in the span are no such thing.
 */
async function changesSince(
  { db, book }: BatchContext,
  source: ContextSource,
  { left, account }: ParentCut,
  since: WalletReading | null,
  inside: readonly Family[],
): Promise<ParentChanges> {
  if (since === null) return { changes: [left], against: [] }
  const other = await otherEvidenceSince(db, book, { source: source.id, account }, since)
  const known = inside.flatMap(({ children }) => children)
  const all = await lateChargesSince(db, book, source.id, since)
  const ofInside = await lateChargesSince(db, book, source.id, since, { among: known })
  const dated = await lateChargesSince(db, book, source.id, since, { isDated: true })
  const change = left - differenceAt(since) - dated
  const undated = all - dated - ofInside
  const changes = [...new Set([change, change + other])]
  return { changes, against: undated === 0n ? [] : changes.map((each) => each - undated) }
}

/** Whether refunds that wait, put together, come to an amount, so that a parent's charge and they may have met. */
function mayBeRefund(amount: Units, { pending, roundings }: ProofRequest, decimals: number): boolean {
  if (pending.length === 0) return false
  const isUnknown = pending.some(
    ({ state, refundCase }) => refundCase === 'partial' && (state.quantity === null || state.remains === null),
  )
  if (isUnknown && amount <= LARGEST_REMAINDER) return true
  return besideAll(amount, pending, roundings) === 0n || waitingFits(amount, pending, roundings, decimals).count > 0
}
