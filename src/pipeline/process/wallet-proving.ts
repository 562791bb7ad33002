/**
 * What the wallet proves about waiting refunds, and what follows: they are booked, however few they are, and what the panel
 * does with a charge and how it rounds is learned from them.
 */
import { addCases } from '../../domain/orders/charge-semantics.ts'
import { REFUND_CASES, type OrderState, type RefundCase } from '../../domain/orders/order.ts'
import { claimedByStatus, roundingsUpTo, type RefundRounding } from '../../domain/orders/refund.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Claim } from '../../domain/wallets/claim-amounts.ts'
import { decimalsOf, proveRefunds, type ProofRequest, type WalletProof } from '../../domain/wallets/wallet-proof.ts'
import type { Landed } from '../../evidence/landing.ts'
import type { RegisteredOrder } from '../../evidence/registered-order.ts'
import { saveAnswers } from '../../evidence/register-orders.ts'
import {
  excludedRoundings,
  saveExcludedRoundings,
  saveRounding,
  saveTally,
  type LearnedSemantics,
} from '../../evidence/semantics.ts'
import { positions } from '../../ledger/positions.ts'
import { checkRefunds, type Refunded } from './check-refunds.ts'
import { settle, type BatchContext, type ContextSource } from './context.ts'
import { postDifference, type OrderTiming } from './order-decision.ts'
import { creditDue } from './refunds-due.ts'
import { isSameRounding } from './wallet-claims.ts'

/** So many orders at least must agree on a rounding that earlier proofs contradict: then the panel has changed it. */
const ORDERS_FOR_A_CHANGE = 3

type ProvenRefunds = Extract<WalletProof, { readonly kind: 'proven' }>

export function proveWaiting(request: ProofRequest): WalletProof {
  const proof = proveRefunds(request)
  if (proof.kind === 'proven' || proof.reason === 'several readings') return proof
  const all = roundingsUpTo(Math.max(request.walletDecimals, decimalsOf(request)))
  const changed = proveRefunds({ ...request, roundings: { cancel: all, partial: all, completion: all } })
  if (changed.kind !== 'proven') return proof
  const rounded = changed.refunds.filter(({ kind, pending }) => kind === 'gross' && pending.refundCase !== 'cancel')
  return rounded.length >= ORDERS_FOR_A_CHANGE ? changed : proof
}

/**
 * What is asked after a proof: what stood before it, by the roundings it leaves. A night that had several readings often
 * has one as soon as another night tells how the panel rounds.
 */
export function askedAfter(request: ProofRequest, proof: ProvenRefunds): ProofRequest {
  const { whole, pending, roundings, mustComeTo } = request
  const credited = proof.refunds.reduce((sum, { amount }) => sum + amount, 0n)
  const proven = new Set(proof.refunds.map((claim) => claim.pending))
  const left = (refundCase: RefundCase): readonly RefundRounding[] => {
    const claims = proof.refunds.filter((each) => each.kind === 'gross' && each.pending.refundCase === refundCase)
    const open = roundings[refundCase].filter((each) => !isContradicted(claims, refundCase, each))
    return open.length === 0 ? roundings[refundCase] : open
  }
  return {
    ...request,
    changes: [],
    whole: whole === null ? null : whole - credited,
    ...(mustComeTo === undefined ? {} : { mustComeTo: mustComeTo - credited }),
    pending: pending.filter((each) => !proven.has(each)),
    roundings: { cancel: left('cancel'), partial: left('partial'), completion: left('completion') },
  }
}

export interface Accepted {
  readonly drafts: readonly TransactionDraft[]
  /** Kinds of refund whose rounding turned out to be another than was believed. */
  readonly changed: ReadonlySet<RefundCase>
}

/**
 * Posts what the wallet has proven to the last digit, however few the orders: it needs no verdict. Each is a case for
 * the verdict, and one against a standing verdict takes that back.
 */
export async function acceptProof(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  proof: ProvenRefunds,
  learned: LearnedSemantics,
  previousPassMs: number | null,
): Promise<Accepted> {
  for (const refundCase of REFUND_CASES) {
    let tally = learned.tallies[refundCase]
    for (const kind of ['net', 'gross'] as const) {
      // A charge that the panel hides shows nothing of what it does to charges.
      const cases = proof.refunds.filter(
        ({ pending, kind: shown }) =>
          pending.refundCase === refundCase && shown === kind && pending.state.charge !== null,
      )
      if (cases.length === 0) continue
      tally = addCases(tally, kind, cases.length)
      await saveTally(context.db, context.book, source.id, refundCase, tally, context.batch)
    }
  }
  const changed = await learnRounding(context, source, proof)
  const drafts = await postProven(context, source, item, proof.refunds, previousPassMs)
  return { drafts, changed }
}

/**
 * What a proof says of how the panel rounds: what it contradicts is not tried again, what it fits is believed. Returns the
 * kinds of refund of which it says something else than was believed.
 */
async function learnRounding(
  { db, book, batch }: BatchContext,
  source: ContextSource,
  proof: ProvenRefunds,
): Promise<ReadonlySet<RefundCase>> {
  const different = new Set<RefundCase>()
  const excluded = await excludedRoundings(db, book, source.id)
  for (const refundCase of REFUND_CASES) {
    const shown = proof.roundings[refundCase]
    const claims = proof.refunds.filter(({ kind, pending }) => kind === 'gross' && pending.refundCase === refundCase)
    if (shown === undefined || claims.length === 0) continue
    const isChanged = excluded[refundCase].some((each) => isSameRounding(each, shown))
    const contradicted = ALL_ROUNDINGS.filter((each) => isContradicted(claims, refundCase, each))
    const kept = isChanged ? [] : excluded[refundCase]
    const next = ALL_ROUNDINGS.filter((each) => [...kept, ...contradicted].some((other) => isSameRounding(each, other)))
    if (isChanged || next.length !== excluded[refundCase].length)
      await saveExcludedRoundings(db, book, source.id, refundCase, next, batch)
    if (isChanged) different.add(refundCase)
    await saveRounding(db, book, source.id, refundCase, shown)
  }
  return different
}

const ALL_ROUNDINGS = roundingsUpTo(8)

function isContradicted(claims: readonly Claim[], refundCase: RefundCase, rounding: RefundRounding): boolean {
  return claims.some(({ pending, refunded }) => claimedByStatus(pending.state, refundCase, rounding) !== refunded)
}

async function postProven(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  refunds: readonly Claim[],
  previousPassMs: number | null,
): Promise<readonly TransactionDraft[]> {
  const timing = timingOf(item, previousPassMs)
  const drafts: TransactionDraft[] = []
  const saved: RegisteredOrder[] = []
  const booked: Refunded[] = []
  const credits = await positions(
    context.db,
    context.book,
    source.id,
    refunds.flatMap(({ pending: { state } }) => (registered(state).refundDue > 0n ? [`order:${state.orderId}`] : [])),
  )
  for (const { pending, refunded } of refunds) {
    const { refundCase } = pending
    const order = registered(pending.state)
    const credited = credits.get(`order:${order.orderId}`)?.get('refund-credited')
    const posted =
      order.refundDue > 0n
        ? creditDue(context, source, order, { refunded, credited }, timing)
        : postDifference(context, source, order, refunded, `refund/wallet-${refundCase}`, timing)
    drafts.push(...posted.drafts)
    saved.push({ ...posted.order, pending: null, claimBatch: null, claimFromOpen: null })
    booked.push({ item, before: order, after: posted.order, drafts: posted.drafts })
    await settle(context, item, `order:${order.orderId}`)
  }
  await saveAnswers(context.db, context.book, source.id, saved)
  await checkRefunds(context, source, booked)
  return drafts
}

/** The states given to the proof were registry rows, less what is due of their refunds. */
function registered(state: OrderState): RegisteredOrder {
  const order = state as RegisteredOrder
  return { ...order, refunded: order.refunded + order.refundDue }
}

export function timingOf(item: Landed, previousPassMs: number | null): OrderTiming {
  return {
    evidence: { batch: item.batch, item: item.item },
    atMs: item.fetchedAtMs,
    previousPassMs,
    backfill: false,
  }
}
