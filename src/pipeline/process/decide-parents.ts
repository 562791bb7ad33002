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
  type ParentMember,
  type ParentOutcome,
  type ParentReading,
} from '../../domain/wallets/parent-readings.ts'
import type { UntakenCharges } from '../../domain/wallets/rival-readings.ts'
import { MOST_SUBSET_AMOUNTS, subsetsComingTo } from '../../domain/wallets/subset-sums.ts'
import type { ParentMoves, ProofRequest, Proven } from '../../domain/wallets/wallet-proof.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import type { RegisteredOrder } from '../../evidence/registered-order.ts'
import { saveAnswers } from '../../evidence/register-orders.ts'
import { findOrders, HELD_PARENT, heldParents } from '../../evidence/registry.ts'
import type { WalletReading } from '../../evidence/readings.ts'
import { listExceptions } from '../../reconcile/exceptions.ts'
import { chargesSince, lateChargesSince, otherEvidenceSince, undatedChargesSince } from '../../evidence/wallet-span.ts'
import { settle, type BatchContext, type ContextSource } from './context.ts'
import { remainderDraft } from './drip-feed-remainder.ts'
import { postDifference, type OrderTiming } from './order-decision.ts'
import {
  CLOCKS_MS,
  familiesOf,
  isMadeAfter,
  LARGEST_REMAINDER,
  runChargesSince,
  unshownFamilies,
  type Family,
} from './parent-families.ts'
import { areTakenEveryWay, differenceAt, isCut, sumsOf, type WalletHistory } from './wallet-claims.ts'
import { askedAfter, proveWaiting } from './wallet-proving.ts'

/** Charges without a day that are compared as being of before a cut. */
const MOST_UNDATED = 200
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

interface SpanCut extends ParentCut {
  /** Parents that are booked beside their children. */
  readonly booked: readonly Family[]
}

export interface ParentsDecided {
  readonly drafts: readonly TransactionDraft[]
  /** Refunds that came with a parent's charge and are told with it; they are not posted yet. */
  readonly proofs: readonly Proven[]
}

const NOTHING_DECIDED: ParentsDecided = { drafts: [], proofs: [] }

export async function decideParents(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  cut: ParentCut,
): Promise<ParentsDecided> {
  const held = await heldParents(context.db, context.book, source.id)
  const unshown = await unshownOf(context, source, cut)
  let open: readonly Family[] = [...(await familiesOf(context, source, held)), ...unshown]
  await settleUncharged(context, source, item, new Set(held.map(({ orderId }) => orderId)))
  if (open.length === 0) return NOTHING_DECIDED
  const booked = await bookedParents(context, source, new Set(held.map(({ orderId }) => orderId)))
  let { left } = cut
  let request = await cut.request()
  let remainder: Units = 0n
  const drafts: TransactionDraft[] = []
  const proofs: Proven[] = []
  const decided: RegisteredOrder[] = []
  for (const since of cutsBefore(open, cut.history)) {
    const found = await readSince(context, source, { ...cut, booked, left }, since, open, request)
    if (found === null) continue
    if (found.refunds !== null) {
      proofs.push(found.refunds)
      left -= found.refunds.refunds.reduce((sum, { amount }) => sum + amount, 0n)
      request = askedAfter(request, found.refunds)
    }
    const over = new Set<Family>()
    for (const { family, outcome } of found.decided) {
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
  return { drafts, proofs }
}

export interface UndecidedParents {
  /** What they may have moved the wallet by: other readings of a change that refunds come to. */
  readonly moves: ParentMoves
  /**
   * Whether a run is a part of these moves and may have come late as well (the two are one, taken twice), or more parents are
   * booked beside their runs than are read: then the moves are not all the readings there are.
   */
  readonly isUnclear: boolean
}

export async function undecidedParents(
  context: BatchContext,
  source: ContextSource,
  { history: { cut }, decimals }: Pick<ParentCut, 'history' | 'decimals'>,
): Promise<UndecidedParents | null> {
  const held = await heldParents(context.db, context.book, source.id)
  const booked = await bookedParents(context, source, new Set(held.map(({ orderId }) => orderId)))
  if (held.length + booked.length === 0) return null
  const families = await familiesOf(context, source, held)
  const sumsSince = async (since: WalletReading | null): Promise<readonly Units[]> => {
    const { members, rises } = await membersSince(context, source, since, families)
    // A rise that was debited itself is beside its posts, which the books have.
    const risen = rises.map((family): Member => ({
      family,
      whole: family.booked - family.charge,
      isRounded: false,
      isTold: false,
    }))
    const twice = await bookedTwiceSince(context, source, since, booked)
    const sums = besideBooked(parentReadings([...members, ...risen], decimals), twice).map(({ sum }) => sum)
    return [...new Set(sums)].filter((sum) => sum !== 0n)
  }
  const { db, book } = context
  const among = [...new Set([...families, ...booked].flatMap(({ children }) => children))]
  // Where the wallet tied at the cut, no charge can have been in it that the books lacked.
  const isCutTied = cut === null || differenceAt(cut) === 0n
  return {
    moves: { sinceCut: await sumsSince(cut), ever: cut === null ? [] : await sumsSince(null) },
    isUnclear:
      booked.length > MOST_BOOKED ||
      (!isCutTied && (await lateChargesSince(db, book, source.id, cut, { among })) !== 0n),
  }
}

/** Parents booked before they named children: an exception each, since one of the two is too much. */
async function bookedParents(
  context: BatchContext,
  source: ContextSource,
  held: ReadonlySet<string>,
): Promise<readonly Family[]> {
  const { db, book } = context
  const open = await listExceptions(db, book, { status: 'open', source: source.name, code: HELD_PARENT })
  const raised = open.filter(({ object }) => !held.has(object.slice('order:'.length)))
  if (raised.length === 0) return []
  const ids = raised.map(({ object }) => object.slice('order:'.length))
  const orders = await findOrders(db, book, source.id, ids)
  const booked = [...orders.values()].filter(({ charged }) => charged > 0n)
  const places = raised.map(({ evidence }) => evidence)
  return familiesOf(context, source, booked, places)
}

/** What the books took up too much since of each: the children where the whole was debited, the whole where they were. */
async function bookedTwiceSince(
  { db, book }: BatchContext,
  source: ContextSource,
  since: WalletReading | null,
  families: readonly Family[],
): Promise<readonly (readonly Units[])[]> {
  const amounts: (readonly Units[])[] = []
  for (const { order, children, booked, charge } of families.slice(0, MOST_BOOKED)) {
    const ofChildren = since === null ? booked : await chargesSince(db, book, source.id, since, children)
    const ofWhole = since === null ? charge : await chargesSince(db, book, source.id, since, [order.orderId])
    amounts.push([ofChildren, ofWhole].filter((each) => each !== 0n))
  }
  return amounts
}

/** So many are read in every way; beside more nothing is decided, and only what the wallet ties by is proven. */
const MOST_BOOKED = 4

/** The readings, and as rivals those in which something of the booked ones is too much: one of the two of each. */
function besideBooked(
  readings: readonly ParentReading[],
  twice: readonly (readonly Units[])[],
): readonly ParentReading[] {
  return twice.reduce(
    (all, amounts) => [
      ...all,
      ...amounts.flatMap((amount) =>
        all.map(({ outcomes, sum }): ParentReading => ({ outcomes, sum: sum + amount, isBelieved: false })),
      ),
    ],
    readings,
  )
}

/** Where the children of a parent that is booked cost nothing, nothing is too much. */
async function settleUncharged(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  held: ReadonlySet<string>,
): Promise<void> {
  for (const { order, children, isKnown, booked } of await bookedParents(context, source, held))
    if (isKnown && children.length > 0 && booked === 0n) await settle(context, item, `order:${order.orderId}`)
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

interface Member extends ParentMember {
  readonly family: Family
  /** True when the span may tell it; else it is only another reading of what the wallet did. */
  readonly isTold: boolean
}

interface Members {
  readonly members: readonly Member[]
  readonly rises: readonly Family[]
  /** True when something nobody can read may have moved the wallet too. */
  readonly isBlind: boolean
}

async function membersSince(
  { db, book }: BatchContext,
  source: ContextSource,
  since: WalletReading | null,
  families: readonly Family[],
): Promise<Members> {
  const standings = families.map((family) => [family, standingSince(family, since)] as const)
  const members: Member[] = []
  for (const [family, standing] of standings) {
    const { charge, booked, children, isRounded, isHeld } = family
    if (standing === 'inside' || standing === 'open')
      members.push({ family, whole: booked - charge, isRounded, isTold: true })
    if (standing !== 'outside' || !isHeld || since === null) continue
    // Debited whole before, it takes nothing for the runs that came since.
    const whole = await chargesSince(db, book, source.id, since, children)
    if (whole !== 0n) members.push({ family, whole, isRounded: false, isTold: false })
  }
  const rises = standings.flatMap(([family, standing]) => (standing === 'rise' ? [family] : []))
  const isUnknown = [...members.filter(({ isTold }) => isTold).map(({ family }) => family), ...rises].some(
    ({ isKnown }) => !isKnown,
  )
  return { members, rises, isBlind: isUnknown || standings.some(([, standing]) => standing === 'unclear') }
}

interface Decided {
  readonly family: Family
  readonly outcome: ParentOutcome
}

interface Found {
  readonly decided: readonly Decided[]
  readonly refunds: Proven | null
}

/** What a span decides; null when nothing. */
async function readSince(
  context: BatchContext,
  source: ContextSource,
  cut: SpanCut,
  since: WalletReading | null,
  families: readonly Family[],
  request: ProofRequest,
): Promise<Found | null> {
  const { members, rises, isBlind } = await membersSince(context, source, since, families)
  const told = members.filter(({ isTold }) => isTold)
  if (isBlind || told.length + rises.length === 0 || cut.booked.length > MOST_BOOKED) return null
  const inside = members.filter(({ family }) => standingSince(family, since) !== 'open').map(({ family }) => family)
  const twice = await bookedTwiceSince(context, source, since, cut.booked)
  const readings = besideBooked(parentReadings(members, cut.decimals), twice)
  const known = [...inside, ...rises, ...cut.booked]
  const changes = await changesSince(context, source, cut, since, { inside: known, readings })
  const read = readParents(readings, changes, (amount) => mayBeRefund(amount, request, cut.decimals))
  if (read === null || (rises.length > 0 && !read.isStill)) return null
  const refunds = read.rests.includes(0n) ? null : refundsBeside(request, changes, readings)
  if (refunds === null && !read.rests.includes(0n)) return null
  const decided = members.flatMap(({ family, isTold }, at): readonly Decided[] => {
    const outcome = read.outcomes[at] ?? null
    if (!isTold || outcome === null) return []
    const isSure = outcome === 'whole' ? mayTake(family, cut) : standingSince(family, since) !== 'open'
    return isSure ? [{ family, outcome }] : []
  })
  const all = [...decided, ...rises.map((family): Decided => ({ family, outcome: 'children' }))]
  return all.length === 0 ? null : { decided: all, refunds }
}

/** The refunds that come to what one reading leaves of the change; null where they are not proven beside all readings. */
function refundsBeside(
  { untaken: _ofTheCut, ...request }: ProofRequest,
  { changes, against, untaken }: SpanChanges,
  readings: readonly ParentReading[],
): Proven | null {
  const sinceCut = [...new Set(readings.map(({ sum }) => sum))].filter((sum) => sum !== 0n)
  const parents = { sinceCut, ever: [] }
  const figures = {
    changes: [...new Set([...changes, ...against])],
    whole: null,
    ...(untaken === null ? {} : { untaken }),
  }
  const proof = proveWaiting({ ...request, ...figures, parents })
  return proof.kind === 'proven' ? proof : null
}

/** Of runs that are booked in part the whole is not booked: the others may come. */
function mayTake({ isHeld, isRounded, booked }: Family, { mayRound }: ParentCut): boolean {
  return isRounded ? mayRound : isHeld && booked === 0n
}

interface SpanChanges extends ParentChanges {
  /** Charges of which `against` has not every way they may be taken. */
  readonly untaken: UntakenCharges | null
}

interface SpanParents {
  /** Made in the span. */
  readonly inside: readonly Family[]
  readonly readings: readonly ParentReading[]
}

/**
 * What the wallet may have changed by: the books may have taken up since what it held before, of orders dated before
 * certainly, of those without a date perhaps, and so of runs whose parent may be of before. The children of what was made
 * in the span are no such thing.
 */
async function changesSince(
  context: BatchContext,
  source: ContextSource,
  { left, account }: ParentCut,
  since: WalletReading | null,
  { inside, readings }: SpanParents,
): Promise<SpanChanges> {
  if (since === null) return { changes: [left], against: [], untaken: null }
  const { db, book } = context
  const other = await otherEvidenceSince(db, book, { source: source.id, account }, since)
  const known = new Set(inside.flatMap(({ children }) => children))
  const dated = await lateChargesSince(db, book, source.id, since, { isDated: true })
  const change = left - differenceAt(since) - dated
  const changes = [...new Set([change, change + other])]
  // Where the wallet tied then, no charge can have been in it that the books lacked.
  if (differenceAt(since) === 0n) return { changes, against: [], untaken: null }
  const undated = await undatedChargesSince(db, book, source.id, since, MOST_UNDATED)
  const late = [...undated, ...(await runChargesSince(context, source, since))]
  const amounts = late.flatMap(({ orderId, charged }) => (known.has(orderId) ? [] : [charged]))
  const all = amounts.reduce((sum, each) => sum + each, 0n)
  const before = [...new Set([...sumsOf(amounts), all])].filter((each) => each !== 0n)
  const against = before.flatMap((each) => changes.map((figure) => figure - each))
  if (areTakenEveryWay(amounts)) return { changes, against, untaken: null }
  const untaken = { charges: amounts, changes }
  return { changes, against: [...against, ...readBeside(untaken, readings)], untaken }
}

/** What readings come to that leave of a change just what some of the charges are. Of too many some will fit. */
function readBeside({ charges, changes }: UntakenCharges, readings: readonly ParentReading[]): readonly Units[] {
  const all = charges.reduce((sum, each) => sum + each, 0n)
  const mayBeCharges = (left: Units): boolean =>
    charges.length > MOST_SUBSET_AMOUNTS
      ? left > 0n && left <= all
      : left > 0n && subsetsComingTo(charges, left, 0).count > 0
  const sums = [...new Set(readings.map(({ sum }) => sum))]
  return sums.filter((sum) => changes.some((change) => mayBeCharges(change - sum)))
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
