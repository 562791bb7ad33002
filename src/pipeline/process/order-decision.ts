/**
 * One order, one answer: what the books should hold in total, the transactions that get them there, and how the row is
 * counted. Pure; the handlers around it read and write.
 */
import type { ChargeSemantics } from '../../domain/orders/charge-semantics.ts'
import { dateOfChange } from '../../domain/time/effective-date.ts'
import { isoDateInZone } from '../../domain/time/dates.ts'
import type { ExceptionCode } from '../../domain/exception.ts'
import type { Units } from '../../domain/money/money.ts'
import { isFirstSeenPartial } from '../../domain/orders/tie-evidence.ts'
import { nextPollMs } from '../../domain/orders/poll-schedule.ts'
import { decideRefund } from '../../domain/orders/refund.ts'
import type { Evidence, IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import type { RegisteredOrder } from '../../evidence/registered-order.ts'
import { draftOf, type BatchContext, type ContextSource } from './context.ts'

/** What an order waits with whose charge may be net of a refund already: a wallet that ties decides it. */
export const TIE_DECIDES = 'CHARGE_SEMANTICS_AMBIGUOUS' satisfies ExceptionCode

export interface OrderTiming {
  readonly evidence: Evidence
  readonly atMs: number
  /** The source's previous polling pass, to tell which day a change belongs to. */
  readonly previousPassMs: number | null
  /** A backfilled refund has no date of its own: it counts on the order's date. */
  readonly backfill: boolean
}

export interface OrderDecision {
  readonly order: RegisteredOrder
  readonly drafts: readonly TransactionDraft[]
  readonly exception: { readonly code: ExceptionCode; readonly amount: Units | null; readonly reason: string } | null
  /** True when the wallet's next reading is asked first: it raises the exception, unless it ties (tie-evidence.ts). */
  readonly isLeftToWallet: boolean
}

/** The order after posting what is proven. `order` already holds the newest answer; `chargeRose` as for `decideRefund`. */
export function decideOrder(
  context: BatchContext,
  source: ContextSource,
  order: RegisteredOrder,
  semantics: ChargeSemantics,
  timing: OrderTiming,
  chargeRose = false,
): OrderDecision {
  const refund = decideRefund(order, semantics, chargeRose)
  const refunded = refund.kind === 'proven' ? refund.refunded : order.refunded
  const rule = refund.kind === 'proven' ? refund.rule : 'refund/kept'
  const posted = postDifference(context, source, order, refunded, rule, timing)
  const quiet = refund.kind === 'pending' && refund.code === 'REFUND_MISSING' && order.status === 'completed'
  const isLeftToWallet =
    refund.kind === 'pending' && refund.code === TIE_DECIDES && refund.claimed !== null && isFirstSeenPartial(order)
  const pending = refund.kind === 'pending' ? refund.code : null
  const next: RegisteredOrder = { ...posted.order, pending }
  return {
    order: { ...next, dueAtMs: nextPollMs(next) },
    drafts: posted.drafts,
    exception:
      refund.kind === 'pending' && !quiet && !isLeftToWallet
        ? { code: refund.code, amount: refund.claimed, reason: refund.reason }
        : null,
    isLeftToWallet,
  }
}

/** The difference between what the evidence says in total and what is booked, as transactions. */
export function postDifference(
  context: Pick<BatchContext, 'rules' | 'settings'>,
  source: ContextSource,
  order: RegisteredOrder,
  refunded: Units,
  refundRule: string,
  timing: OrderTiming,
  postingRule: 'refund' | 'refund-due' = 'refund',
): { readonly order: RegisteredOrder; readonly drafts: readonly TransactionDraft[] } {
  const charged = order.gross ?? order.charged
  const chargeChange = charged - order.charged
  const refundChange = refunded - order.refunded
  if (chargeChange === 0n && refundChange === 0n) return { order, drafts: [] }
  const object = `order:${order.orderId}`
  const { timeZone } = context.settings.book
  const drafts: TransactionDraft[] = []
  const orderDate = order.orderedAtMs === null ? null : isoDateInZone(order.orderedAtMs, timeZone)
  const changeDate = dateOfChange(timing.previousPassMs ?? order.orderedAtMs, timing.atMs, timeZone)
  if (chargeChange !== 0n) {
    // Lower than booked is only what the panel tells of an order that was booked at its listed price.
    const changed = chargeChange > 0n ? 'charge/raised' : 'charge/replaced'
    drafts.push(
      draftOf(context, {
        source,
        object,
        kind: 'charge',
        version: order.chargeVersion + 1,
        amount: chargeChange,
        cumulative: charged,
        effectiveDate: order.chargeVersion === 0 ? (orderDate ?? changeDate) : changeDate,
        rule: order.chargeVersion > 0 ? changed : orderDate === null ? 'charge/first-seen' : 'charge/order-date',
        evidence: timing.evidence,
      }),
    )
  }
  const date = timing.backfill && orderDate !== null ? orderDate : laterDate(orderDate, changeDate)
  const rule = timing.backfill ? `${refundRule}/order-date` : refundRule
  const refund = refundDrafts(context, source, order, { refunded, date, rule, postingRule, evidence: timing.evidence })
  drafts.push(...refund.drafts)
  return {
    order: {
      ...order,
      charged,
      chargeVersion: order.chargeVersion + (chargeChange === 0n ? 0 : 1),
      refunded,
      refundVersion: order.refundVersion + refund.drafts.length,
      refundDue: order.refundDue - refund.fromDue,
      refundDueMs: order.refundDue === refund.fromDue ? null : order.refundDueMs,
    },
    drafts,
  }
}

interface RefundPosting {
  readonly refunded: Units
  readonly date: IsoDate
  readonly rule: string
  readonly postingRule: 'refund' | 'refund-due'
  readonly evidence: Evidence
}

/** What is taken back of a refund that was never credited (`fromDue`) leaves the clearing account it waits in. */
function refundDrafts(
  context: Pick<BatchContext, 'rules'>,
  source: ContextSource,
  order: RegisteredOrder,
  { refunded, date, rule, postingRule, evidence }: RefundPosting,
): { readonly drafts: readonly TransactionDraft[]; readonly fromDue: Units } {
  const change = refunded - order.refunded
  const fromDue = change < 0n ? least(order.refundDue, -change) : 0n
  const parts = [
    { amount: -fromDue, postingRule: 'refund-due' },
    { amount: change + fromDue, postingRule },
  ].filter(({ amount }) => amount !== 0n)
  let cumulative = order.refunded
  const drafts = parts.map((part, at) => {
    cumulative += part.amount
    return draftOf(context, {
      source,
      object: `order:${order.orderId}`,
      kind: 'refund',
      version: order.refundVersion + 1 + at,
      amount: part.amount,
      cumulative,
      effectiveDate: date,
      rule,
      evidence,
      postingRule: part.postingRule,
    })
  })
  return { drafts, fromDue }
}

function least(one: Units, other: Units): Units {
  return one < other ? one : other
}

/** A refund never counts before its order. */
function laterDate(orderDate: string | null, changeDate: string): string {
  return orderDate !== null && orderDate > changeDate ? orderDate : changeDate
}
