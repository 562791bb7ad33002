/**
 * The wallet as witness. What a panel's balance gained against the books between two consistent cuts is the credit of the
 * refunds that wait, when they come to it exactly and in one way only: two different readings of the same amount prove
 * neither. What is tried, and in which order, is in two tables; the first stage with a reading that fits decides.
 */
import { abs, lastPlace, significantDecimals, type Units } from '../money/money.ts'
import { REFUND_CASES, type RefundCase } from '../orders/order.ts'
import type { RefundRounding } from '../orders/refund.ts'
import {
  claimsUnder,
  hasUnknownClaim,
  totalOf,
  valuationsOf,
  type Claim,
  type PendingRefund,
  type RoundingsByCase,
  type Valuation,
} from './claim-amounts.ts'
import { newestClaims, poolLimit, poolOf } from './claim-pool.ts'
import { isPaidOtherwise, isWholeOfAnother, type UntakenCharges } from './rival-readings.ts'
import { comeWithin, MOST_SUBSET_AMOUNTS, subsetsComingTo } from './subset-sums.ts'

export interface ProofRequest {
  /**
   * wallet − books now, less the same at the earlier cut; the whole of it at the first cut. A second figure where evidence
   * of other things came in since, which may be of before the earlier cut: then the books' change by it was none of the
   * wallet's. Only one of them can be true, so each is read by itself; one of zero says that nothing was credited.
   */
  readonly changes: readonly Units[]
  /** wallet − books now, where that is not among the changes; else null. */
  readonly whole: Units | null
  readonly pending: readonly PendingRefund[]
  /** Every way the panel may still round. */
  readonly roundings: RoundingsByCase
  /** Decimals the wallet shows. */
  readonly walletDecimals: number
  /**
   * The most decimals of any charge of the panel: one that is shown as a number has dropped its zeros, so what an order
   * shows by itself may be fewer. Those of what waits, where left out.
   */
  readonly chargeDecimals?: number
  /** Whether the wallet paid for orders of which nobody knows how much: then single refunds are not put together. */
  readonly hasUnknownCharges?: boolean
  /**
   * What makes the wallet tie, where an order that it may have paid for before the earlier cut was first seen with its refund
   * taken off already: any other rise may be what came back of that order, which nobody can tell.
   */
  readonly mustComeTo?: Units
  /** Where the figures are not all there may be; then only a proof by which the wallet ties needs no comparison with the others. */
  readonly untaken?: UntakenCharges
  /** What rounding the runs of drip-feeds one by one may have moved the wallet by besides, up or down. */
  readonly untold?: UntoldRounding
  /** What orders that stand for others may have moved the wallet by beside refunds, none of it zero. */
  readonly parents?: ParentMoves
}

export interface UntoldRounding {
  /** Since the earlier cut. */
  readonly sinceCut: Units
  /** In the whole difference. */
  readonly ever: Units
}

export interface ParentMoves {
  /** Since the earlier cut. */
  readonly sinceCut: readonly Units[]
  /** In the whole difference. */
  readonly ever: readonly Units[]
  /** What makes the wallet tie, where a run is in these moves and among the figures, too: taken twice it comes to anything. */
  readonly mustComeTo?: Units
}

export type WalletProof =
  | {
      readonly kind: 'proven'
      readonly refunds: readonly Claim[]
      readonly roundings: Readonly<Partial<Record<RefundCase, RefundRounding>>>
    }
  | { readonly kind: 'unproven'; readonly reason: 'no reading' | 'several readings' }

export type Proven = Extract<WalletProof, { readonly kind: 'proven' }>

const NO_READING: WalletProof = { kind: 'unproven', reason: 'no reading' }
const SEVERAL_READINGS: WalletProof = { kind: 'unproven', reason: 'several readings' }

/** What may have been credited, and what it must come to. */
interface Attempt {
  readonly target: Units
  readonly pending: readonly PendingRefund[]
  /** What is new, where it is left out: of claims as large as others either may have come. */
  readonly leftOut: readonly PendingRefund[]
  /** Whether claims of the last pass alone may be what a wallet shows that follows a pass later: then nothing new came. */
  readonly mayFollow: boolean
  /** What lies beside it that nobody shows. */
  readonly untold: Units
  /** What a combination of claims must be as well. */
  readonly isAdmitted: (claims: readonly Claim[]) => boolean
}

interface Reading {
  readonly claims: readonly Claim[]
  readonly valuation: Valuation
  /** What it was held against. */
  readonly target: Units
}

type Stage = (request: ProofRequest) => Iterable<Reading>

/** Everything that waits, then groups of it, then single claims put together, where chance is excluded. */
const OF_A_CHANGE: readonly Stage[] = [
  (request) => readEach(changesOf(request, [EVERY]), request, allOf),
  (request) => readEach(changesOf(request, [EVERY, isNew, isEarlier]), request, groupsOf),
  readSubsets,
]

/** What was credited before the panel told of it (finished orders are asked about rarely), and what late evidence was hiding. */
const OF_THE_WHOLE: readonly Stage[] = [
  (request) => readEach(wholeOf(request, [EVERY]), request, allOf),
  (request) => readEach(wholeOf(request, [EVERY, isEarlier]), request, groupsOf),
]

export function proveRefunds(request: ProofRequest): WalletProof {
  const proof = proveInTurn(request)
  return proof.kind === 'proven' && isWholeOfAnother(proof.refunds, request.pending) ? SEVERAL_READINGS : proof
}

/** The change since the earlier cut comes first, the whole difference last. */
function proveInTurn(request: ProofRequest): WalletProof {
  const { changes, whole, parents, pending } = request
  if (pending.length * ((parents?.sinceCut.length ?? 0) + (parents?.ever.length ?? 0)) > MOST_BESIDE)
    return SEVERAL_READINGS
  const since = besideParents(changes, parents?.sinceCut)
  const fit = onlyFit(since, (change) => firstFit(OF_A_CHANGE, { ...request, changes: [change] }))
  if (fit.kind === 'proven' && isReadableOtherwise(fit, request)) return SEVERAL_READINGS
  if (fit !== NO_READING || whole === null) return fit
  const ever = besideParents([whole], parents?.ever)
  return onlyFit(ever, (target) => firstFit(OF_THE_WHOLE, { ...request, whole: target }))
}

/** Refunds times moves of parents: of more nothing is told, since every move is one more figure to hold all refunds against. */
const MOST_BESIDE = 100_000

/** Each figure as it is, and less what parents may have moved. */
function besideParents(figures: readonly Units[], moves: readonly Units[] = []): readonly Units[] {
  return [...new Set([0n, ...moves].flatMap((move) => figures.map((figure) => figure - move)))]
}

/** The proof that all figures with a fit share; of several figures one of zero says that nothing was credited. */
function onlyFit(figures: readonly Units[], prove: (figure: Units) => WalletProof): WalletProof {
  const fits = figures.map(prove).filter((proof) => proof !== NO_READING)
  const [fit] = fits
  if (fit === undefined) return NO_READING
  const isNothing = figures.length > 1 && figures.includes(0n)
  const isOne = fits.every((other) => other.kind === 'proven' && fit.kind === 'proven' && isSameProof(fit, other))
  return isOne && !isNothing ? fit : SEVERAL_READINGS
}

/**
 * Where what came late leaves several figures, the one that claims come to may be chance: another may be a single claim, which
 * proves nothing by itself, or the credit of an order of which nobody can tell what it claims. While claims are not put
 * together, since an order's charge is not known or something lies beside them that nobody shows, several of them may be
 * another figure, too. Of a credit that may be any figure only a wallet that ties says something.
 */
function isReadableOtherwise({ refunds }: Proven, request: ProofRequest): boolean {
  const { changes, whole, pending, roundings, walletDecimals, hasUnknownCharges = false, untold } = request
  const read = totalOf(refunds)
  const mustComeTo = request.mustComeTo ?? request.parents?.mustComeTo
  if (mustComeTo !== undefined && read !== mustComeTo) return true
  // By these the wallet ties, whenever it was that they came.
  if (read === (whole ?? changes[0])) return false
  if (isPaidByOthers(refunds, request)) return true
  const others = changes.filter((change) => change > 0n && change !== read)
  if (others.length === 0) return false
  const slack = (other: Units): Units => slackOf(other, untold?.sinceCut ?? 0n, request)
  const isNear = ({ amount }: Claim): boolean => others.some((other) => abs(amount - other) <= slack(other))
  if (hasUnknownClaim(pending)) return true
  if (valuationsOf(pending, roundings).some((valuation) => claimsUnder(pending, valuation).some(isNear))) return true
  const untried = others.filter((other) => hasUnknownCharges || slack(other) > 0n)
  const newest = untried.length === 0 ? [] : newestClaims(pending, roundings, poolLimit(walletDecimals))
  return valuationsOf(newest, roundings).some((valuation) => {
    const amounts = claimsUnder(newest, valuation).map(({ amount }) => amount)
    return untried.some((other) => comeWithin(amounts, other, slack(other)))
  })
}

function isPaidByOthers(refunds: readonly Claim[], { untaken, parents, pending, roundings }: ProofRequest): boolean {
  if (untaken === undefined) return false
  const changes = besideParents(untaken.changes, parents?.sinceCut)
  return isPaidOtherwise(refunds, pending, roundings, { ...untaken, changes })
}

/** Everything that waits, once for each way of reading it that makes a difference. */
export function allThatWaits(request: ProofRequest): readonly Proven[] {
  const { pending, roundings } = request
  const found = new Map<string, Proven>()
  for (const valuation of valuationsOf(pending, roundings)) {
    const claims = claimsUnder(pending, valuation)
    const all = claims.length === 0 ? null : provenOf(claims, valuation, request)
    if (all !== null) found.set(markOf(claims), all)
  }
  return [...found.values()]
}

/** These claims as they would be proven; null where that would rest on too coarse a rounding. */
export function provenOf(claims: readonly Claim[], valuation: Valuation, request: ProofRequest): Proven | null {
  const reading = { claims, valuation, target: totalOf(claims) }
  return isTooCoarse(reading, request) ? null : proven(reading)
}

function isSameProof(one: Proven, other: Proven): boolean {
  return markOf(one.refunds) === markOf(other.refunds)
}

function firstFit(stages: readonly Stage[], request: ProofRequest): WalletProof {
  for (const stage of stages) {
    const found = new Map<string, Reading>()
    let isFit = false
    for (const reading of stage(request)) {
      if (isTooCoarse(reading, request)) continue
      isFit ||= totalOf(reading.claims) === reading.target
      found.set(markOf(reading.claims), reading)
      if (isFit && found.size > 1) return SEVERAL_READINGS
    }
    const [only] = found.values()
    if (isFit && only !== undefined) return proven(only)
  }
  return NO_READING
}

function proven({ claims, valuation }: Reading): Proven {
  const rounded = claims.filter(({ kind }) => kind === 'gross').map(({ pending }) => pending.refundCase)
  const named = [...new Set(rounded)].flatMap((refundCase) => {
    const rounding = valuation[refundCase]
    return rounding === null ? [] : [[refundCase, rounding] as const]
  })
  return { kind: 'proven', refunds: claims, roundings: Object.fromEntries(named) }
}

/**
 * True when one order alone would have to be refunded in whole units, or tenths of them, by a panel that may as well round
 * finer: a payment by hand is a round amount too. Nor is it believed to round so coarsely that nothing is left of a refund.
 */
function isTooCoarse({ claims, valuation }: Reading, { roundings }: ProofRequest): boolean {
  return REFUND_CASES.some((refundCase) => {
    const rounding = valuation[refundCase]
    if (rounding === null || rounding.decimals >= COARSEST) return false
    const rounded = claims.filter(({ kind, pending }) => kind === 'gross' && pending.refundCase === refundCase)
    return rounded.length <= 1 && roundings[refundCase].some(({ decimals }) => decimals >= COARSEST)
  })
}

/** Decimals that one order alone can show a panel to round to. */
const COARSEST = 2

/** What tells one reading from another: which orders were credited, and with what. */
export function markOf(claims: readonly Claim[]): string {
  return claims
    .map(({ pending, refunded }) => `${pending.state.orderId}=${refunded}`)
    .sort()
    .join()
}

type Among = (pending: PendingRefund) => boolean

const EVERY: Among = () => true
const isNew: Among = (pending) => pending.isNew
const isEarlier: Among = (pending) => !pending.isNew

function changesOf({ changes, pending, untold }: ProofRequest, among: readonly Among[]): readonly Attempt[] {
  const isAdmitted = (): boolean => true
  const beside = untold?.sinceCut ?? 0n
  return among.flatMap((some) =>
    changes.map((target) => ({ target, ...parted(pending, some), mayFollow: true, untold: beside, isAdmitted })),
  )
}

function parted(pending: readonly PendingRefund[], among: Among): Pick<Attempt, 'pending' | 'leftOut'> {
  return { pending: pending.filter(among), leftOut: among === isEarlier ? pending.filter(isNew) : [] }
}

function wholeOf({ whole, pending, untold }: ProofRequest, among: readonly Among[]): readonly Attempt[] {
  if (whole === null) return []
  const beside = untold?.ever ?? 0n
  const asked = pending.filter(({ isDenied }) => isDenied !== true)
  return among.map((some) => ({
    target: whole,
    ...parted(asked, some),
    mayFollow: false,
    untold: beside,
    isAdmitted: mayBeOlder,
  }))
}

/** Whether the difference at the last cut before each was none, or what others of them come to that may have been credited by then. */
function mayBeOlder(claims: readonly Claim[]): boolean {
  return claims.every(({ pending: { notBefore } }) => {
    if (notBefore === null || notBefore.differences.includes(0n)) return true
    const others = claims.filter(({ pending }) => (pending.notBefore?.batch ?? -1) < notBefore.batch)
    return notBefore.differences.some((difference) => maySumTo(others, difference))
  })
}

/** Of more than can be put together, all. */
function maySumTo(claims: readonly Claim[], total: Units): boolean {
  if (claims.length > MOST_SUBSET_AMOUNTS) return totalOf(claims) === total
  const amounts = claims.map(({ amount }) => amount)
  return subsetsComingTo(amounts, total, 1).count > 0
}

/** Whether a figure, or a charge of those that wait, is finer than the wallet shows: then the wallet leaves a part of it out. */
export function isFinerThanShown(figure: Units, request: ProofRequest): boolean {
  const { walletDecimals } = request
  if (figure % lastPlace(walletDecimals) !== 0n) return true
  return decimalsOf(request) > walletDecimals
}

/**
 * The most decimals that what comes back may have: of a canceled order those of its charge, also before it fell, of a share
 * any that the panel has.
 */
export function decimalsOf({ pending, chargeDecimals = 0 }: ProofRequest): number {
  const most = pending.map(({ refundCase, state }) => {
    const ofCase = refundCase === 'cancel' ? significantDecimals(state.gross ?? 0n) : chargeDecimals
    return Math.max(state.chargeDecimals, ofCase)
  })
  return Math.max(0, ...most)
}

/**
 * What a fit may be beside the target and still be another reading of it. Where the wallet leaves a part out, or holds the
 * rounding of drip-feeds' runs beside it, a fit to the last digit is chance, unless nothing else comes near.
 */
function slackOf(target: Units, untold: Units, request: ProofRequest): Units {
  return untold + (isFinerThanShown(target, request) ? lastPlace(request.walletDecimals) : 0n)
}

function* readEach(
  attempts: readonly Attempt[],
  request: ProofRequest,
  read: (claims: readonly Claim[], target: Units, slack: Units) => readonly (readonly Claim[])[],
): Iterable<Reading> {
  for (const { target, pending, leftOut, mayFollow, untold, isAdmitted } of attempts) {
    if (target <= 0n || pending.length === 0) continue
    const slack = slackOf(target, untold, request)
    for (const valuation of valuationsOf(pending, request.roundings)) {
      // All of it may be the rounding of runs: then nothing was credited.
      if (target <= untold) yield { claims: [], valuation, target }
      for (const claims of read(claimsUnder(pending, valuation), target, slack)) {
        if (!isAdmitted(claims)) continue
        yield { claims, valuation, target }
        if (mayFollow && claims.every((claim) => claim.pending.pass === 0)) continue
        for (const each of inPlaceOf(claims, claimsUnder(leftOut, valuation), slack))
          if (isAdmitted(each)) yield { claims: each, valuation, target }
      }
    }
  }
}

/** The claims with one of them replaced by another that is as large, as far as the wallet shows. */
function* inPlaceOf(claims: readonly Claim[], others: readonly Claim[], slack: Units): Iterable<readonly Claim[]> {
  for (const other of others) {
    const at = claims.findIndex(({ amount }) => abs(amount - other.amount) <= slack)
    if (at !== -1) yield claims.with(at, other)
  }
}

function allOf(claims: readonly Claim[], target: Units, slack: Units): readonly (readonly Claim[])[] {
  return claims.length > 0 && abs(totalOf(claims) - target) <= slack ? [claims] : []
}

/** Every combination of claims by refund case, by whether the charge fell, and by direction: at most twelve groups. */
function groupsOf(claims: readonly Claim[], target: Units, slack: Units): readonly (readonly Claim[])[] {
  const groups = new Map<string, Claim[]>()
  for (const claim of claims) {
    const key = `${claim.pending.refundCase}/${claim.kind}${claim.amount < 0n ? '/back' : ''}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [claim])
    else group.push(claim)
  }
  const parts = [...groups.values()].map((group) => ({ group, total: totalOf(group) }))
  const readings: (readonly Claim[])[] = []
  for (let mask = 1; mask < 1 << parts.length; mask += 1) {
    const chosen = parts.filter((_, index) => (mask & (1 << index)) !== 0)
    if (abs(chosen.reduce((sum, { total }) => sum + total, 0n) - target) > slack) continue
    readings.push(chosen.flatMap(({ group }) => group))
  }
  return readings
}

function* readSubsets(request: ProofRequest): Iterable<Reading> {
  const { changes, pending, roundings, walletDecimals, parents, untold, hasUnknownCharges = false } = request
  if (hasUnknownCharges) return
  const pool = poolOf(pending, roundings, walletDecimals, 1 + (parents?.sinceCut.length ?? 0))
  const inPool = new Set(pool)
  const older = pending.filter((each) => !inPool.has(each))
  let isRead = false
  for (const target of changes) {
    if (target <= 0n || slackOf(target, untold?.sinceCut ?? 0n, request) > 0n) continue
    for (const valuation of valuationsOf(pool, roundings)) {
      const claims = claimsUnder(pool, valuation)
      const amounts = claims.map(({ amount }) => amount)
      for (const positions of subsetsComingTo(amounts, target, 2).shown) {
        isRead = true
        yield { claims: positions.flatMap((at) => claims[at] ?? []), valuation, target }
      }
    }
    // An older claim that comes to it alone proves nothing, but it is another reading.
    if (!isRead) continue
    for (const valuation of valuationsOf(older, roundings)) {
      for (const claim of claimsUnder(older, valuation))
        if (claim.amount === target) yield { claims: [claim], valuation, target }
    }
  }
}
