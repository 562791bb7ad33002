/**
 * Refunds booked before their credit is seen, where a person has accepted the rule they follow: to a clearing account of
 * their own, within limits, and only of orders that were seen open before they ended. The wallet's proof moves them on;
 * whatever contradicts the rule suspends it, and what is not credited in time is an exception.
 */
import type { RefundCase } from '../../domain/orders/order.ts'
import { refundCaseOf } from '../../domain/orders/order.ts'
import { claimedByStatus, type RefundRounding } from '../../domain/orders/refund.ts'
import { CASES_FOR_A_RULE, contradicted, withProven, type DueLimits } from '../../domain/orders/refund-rule.ts'
import { findPostingRule } from '../../domain/posting-rules.ts'
import { formatMoney, unitsOf, type Units } from '../../domain/money/money.ts'
import { isoDateInZone, startOfDayMs } from '../../domain/time/dates.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Claim } from '../../domain/wallets/claim-amounts.ts'
import type { Landed } from '../../evidence/landing.ts'
import type { RegisteredOrder } from '../../evidence/registered-order.ts'
import { refundRule, refundRules, saveRefundRule, sumsDue, type RefundRule } from '../../evidence/refund-rules.ts'
import type { Position } from '../../ledger/positions.ts'
import { draftOf, raise, settle, type BatchContext, type ContextSource } from './context.ts'
import { postDifference, type OrderDecision, type OrderTiming } from './order-decision.ts'
import type { SourceSettings } from '../settings.ts'

const DAY_MS = 86_400_000

/** Null where the settings name none: then nothing is booked by a rule. */
export function limitsOf({ refunds }: Pick<SourceSettings, 'refunds'>): DueLimits | null {
  if (refunds === undefined) return null
  const { perClaim, perNight, settlingDays } = refunds
  return { perClaim: unitsOf(perClaim), perNight: unitsOf(perNight), settlingDays }
}

/** What a batch may still book by rules. */
export interface DueBooking {
  readonly rules: ReadonlyMap<RefundCase, RefundRule>
  readonly limits: DueLimits
  /** What is left of the night's limit. */
  left: Units
}

/** Null where no rule is in force. */
export async function dueBooking(
  context: BatchContext,
  source: ContextSource,
  atMs: number,
): Promise<DueBooking | null> {
  const limits = limitsOf(source)
  const isPosted = findPostingRule(context.rules, { sourceKind: 'panel', kind: 'refund-due' }) !== undefined
  if (limits === null || !isPosted) return null
  const rules = (await refundRules(context.db, context.book, source.id)).filter(({ status }) => status === 'accepted')
  if (rules.length === 0) return null
  const { timeZone } = context.settings.book
  const today = startOfDayMs(isoDateInZone(atMs, timeZone), timeZone)
  const due = (await sumsDue(context.db, context.book, today)).find((each) => each.source === source.id)
  return {
    rules: new Map(rules.map((each) => [each.refundCase, each])),
    limits,
    left: limits.perNight - (due?.recent ?? 0n),
  }
}

/** The same decision, with its claim booked as due where the rule allows; `booking` keeps what is left of the night's limit. */
export function bookDue(
  context: Pick<BatchContext, 'rules' | 'settings'>,
  source: ContextSource,
  booking: DueBooking,
  before: RegisteredOrder,
  decision: OrderDecision,
  timing: OrderTiming,
): OrderDecision {
  const { order } = decision
  const refundCase = refundCaseOf(order.status)
  const wasOpen = before.status === 'pending' || before.status === 'in-progress'
  if (refundCase === null || !wasOpen || timing.backfill || order.refunded !== 0n) return decision
  if (order.pending !== 'REFUND_MISSING' && order.pending !== 'CHARGE_SEMANTICS_AMBIGUOUS') return decision
  const rule = booking.rules.get(refundCase)
  const amount = rule === undefined || order.gross !== order.charge ? null : claimAt(order, refundCase, rule.rounding)
  if (amount === null || amount <= 0n || amount > order.charged) return decision
  if (amount > booking.limits.perClaim || amount > booking.left) return decision
  booking.left -= amount
  const posted = postDifference(context, source, order, amount, `refund/due-${refundCase}`, timing, 'refund-due')
  const due = { refundDue: amount, refundDueMs: timing.atMs, pending: null }
  const drafts = [...decision.drafts, ...posted.drafts]
  return { order: { ...posted.order, ...due }, drafts, exception: null, isLeftToWallet: false }
}

function claimAt(order: RegisteredOrder, refundCase: RefundCase, rounding: RefundRounding | null): Units | null {
  if (refundCase === 'cancel') return order.gross
  return rounding === null ? null : claimedByStatus(order, refundCase, rounding)
}

/**
 * The order once the wallet has shown the credit of what was due of it: the due moves on to the wallet, and what the credit
 * was more or less is booked like any refund.
 */
export function creditDue(
  context: Pick<BatchContext, 'rules' | 'settings'>,
  source: ContextSource,
  order: RegisteredOrder,
  { refunded, credited }: { readonly refunded: Units; readonly credited: Position | undefined },
  timing: OrderTiming,
): { readonly order: RegisteredOrder; readonly drafts: readonly TransactionDraft[] } {
  const rule = `refund/wallet-${refundCaseOf(order.status) ?? 'cancel'}`
  const posted = postDifference(context, source, order, refunded, rule, timing)
  const amount = posted.order.refundDue
  return amount === 0n ? posted : moveOn(context, source, posted, { amount, rule, timing, credited })
}

interface Credit {
  readonly amount: Units
  readonly rule: string
  readonly timing: OrderTiming
  /** What the ledger holds of earlier credits of the order. */
  readonly credited: Position | undefined
}

/** Moves a due refund from the clearing account to the wallet. */
export function moveOn(
  context: Pick<BatchContext, 'rules' | 'settings'>,
  source: ContextSource,
  { order, drafts }: { readonly order: RegisteredOrder; readonly drafts: readonly TransactionDraft[] },
  { amount, rule, timing, credited }: Credit,
): { readonly order: RegisteredOrder; readonly drafts: readonly TransactionDraft[] } {
  const cumulative = (credited?.cumulative ?? 0n) + amount
  const draft = draftOf(context, {
    source,
    object: `order:${order.orderId}`,
    kind: 'refund-credited',
    version: (credited?.version ?? 0) + 1,
    amount,
    cumulative,
    effectiveDate: isoDateInZone(timing.atMs, context.settings.book.timeZone),
    rule,
    evidence: timing.evidence,
  })
  const left = order.refundDue - amount
  const after = { ...order, refundDue: left, refundDueMs: left === 0n ? null : order.refundDueMs }
  return { order: after, drafts: [...drafts, draft] }
}

export interface Learnt {
  /** All that one reading of the wallet has proven. */
  readonly claims: readonly Claim[]
  /** Kinds whose rounding turned out to be another than was believed. */
  readonly changed: ReadonlySet<RefundCase>
}

/** What the proofs of one reading say to the rules: more cases, or a contradiction. `due` is what was due before them. */
export async function learnRules(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  due: readonly RegisteredOrder[],
  { claims, changed }: Learnt,
): Promise<void> {
  const dueById = new Map(due.map((order) => [order.orderId, order]))
  const proven = new Set(claims.map(({ pending }) => pending.state.orderId))
  const limits = limitsOf(source)
  for (const refundCase of ['cancel', 'partial', 'completion'] as const) {
    const ofCase = claims.filter(({ kind, pending }) => kind === 'gross' && pending.refundCase === refundCase)
    const against =
      (changed.has(refundCase) ? 'the panel rounds otherwise than was learned' : null) ??
      otherAmount(ofCase, dueById) ??
      withoutDue(due, refundCase, proven, limits, item)
    if (ofCase.length === 0 && against === null) continue
    const rule = await refundRule(context.db, context.book, source.id, refundCase)
    const amounts = ofCase.filter(({ amount }) => amount > 0n).map(({ amount }) => amount)
    const progress = against === null ? withProven(rule, amounts) : contradicted(rule)
    const told =
      against === null || rule.status !== 'accepted' ? {} : { by: '', why: against, decidedAtMs: item.fetchedAtMs }
    const next = { ...rule, ...progress, ...told }
    await saveRefundRule(context.db, context.book, source.id, next, context.batch)
    await tell(context, source, item, rule, next)
  }
}

function otherAmount(claims: readonly Claim[], due: ReadonlyMap<string, RegisteredOrder>): string | null {
  const other = claims.find(({ pending: { state }, refunded }) => {
    const order = due.get(state.orderId)
    return order !== undefined && order.refunded !== refunded
  })
  if (other === undefined) return null
  const { orderId } = other.pending.state
  const booked = formatMoney(due.get(orderId)?.refunded ?? 0n)
  return `order ${orderId} was credited ${formatMoney(other.refunded)} where ${booked} was booked as due`
}

/** A proof that does without a refund whose time is over says that it was not credited. */
function withoutDue(
  due: readonly RegisteredOrder[],
  refundCase: RefundCase,
  proven: ReadonlySet<string>,
  limits: DueLimits | null,
  item: Landed,
): string | null {
  const missing =
    proven.size === 0
      ? undefined
      : due.find(
          (order) =>
            refundCaseOf(order.status) === refundCase &&
            !proven.has(order.orderId) &&
            isOverdue(order, limits, item.fetchedAtMs),
        )
  if (missing === undefined) return null
  return `the refund of order ${missing.orderId} is still not credited, while the wallet proved others`
}

function isOverdue(order: RegisteredOrder, limits: DueLimits | null, atMs: number): boolean {
  return limits !== null && order.refundDueMs !== null && atMs - order.refundDueMs > limits.settlingDays * DAY_MS
}

async function tell(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  before: RefundRule,
  { status, refundCase, cases, why }: RefundRule,
): Promise<void> {
  if (status === before.status) return
  const object = `refund-rule:${refundCase}`
  const about = { source: source.name, object, amount: null, currency: null }
  if (status === 'proposed') {
    const detail = `the wallet proved ${cases} ${refundCase} refunds, all by one rule (${CASES_FOR_A_RULE} are enough); such refunds can be booked as due before their credit: tieout refunds rules accept --source ${source.name} --kind ${refundCase}`
    await raise(context, item, { ...about, code: 'REFUND_RULE_PROPOSED', detail })
  }
  if (status === 'learning' || status === 'suspended') await settle(context, item, object)
  if (status === 'suspended') {
    const detail = `${why}; no more ${refundCase} refunds are booked as due until the rule is accepted anew`
    await raise(context, item, { ...about, code: 'REFUND_RULE_SUSPENDED', detail })
  }
}

/** Refunds that are due longer than a credit takes. */
export async function raiseOverdue(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  due: readonly RegisteredOrder[],
): Promise<void> {
  const limits = limitsOf(source)
  for (const order of due) {
    if (!isOverdue(order, limits, item.fetchedAtMs)) continue
    const booked = isoDateInZone(order.refundDueMs ?? 0, context.settings.book.timeZone)
    const detail = `its refund was booked as due on ${booked}, and the wallet has not shown the credit in ${limits?.settlingDays ?? 0} days`
    await raise(context, item, {
      source: source.name,
      code: 'REFUND_MISSING',
      object: `order:${order.orderId}`,
      amount: order.refundDue,
      currency: source.currency,
      detail,
    })
  }
}
