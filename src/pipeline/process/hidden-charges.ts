/**
 * Orders whose status the panel tells without a charge. What they cost is not known from it, and never zero. Where an
 * imported history lists a price, it is booked by the source's rule or a person's decision; from then on their refunds are
 * claimed by their status, and a charge that the panel shows later takes the price's place.
 */
import { formatMoney } from '../../domain/money/money.ts'
import { endedBefore, isFinal } from '../../domain/orders/order.ts'
import type { ChargeSemantics } from '../../domain/orders/charge-semantics.ts'
import { DUE_EVERY_RUN } from '../../domain/orders/poll-schedule.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import type { RegisteredOrder } from '../../evidence/registered-order.ts'
import type { OrderStatusRow } from '../../sources/panel/observe.ts'
import { quarantine, raise, type BatchContext, type ContextSource } from './context.ts'
import { decideOrder, type OrderDecision, type OrderTiming } from './order-decision.ts'

export interface HiddenCharge {
  readonly item: Landed
  readonly line: number
  readonly orderId: string
  readonly row: OrderStatusRow
  readonly timing: OrderTiming
  /** The instant it speaks of. */
  readonly atMs: number
}

/** The order at the price its imported history lists; null when none lists one, or the panel has told a charge. */
export function atListedPrice(order: RegisteredOrder): RegisteredOrder | null {
  if (order.charge !== null) return null
  const chargeDecimals = order.listedDecimals ?? 8
  if (order.gross !== null && order.grossBasis !== null) return { ...order, chargeDecimals }
  if (order.listedCharge === null) return null
  // The list may have been made after the order ended, and show what was left of its price.
  return { ...order, gross: order.listedCharge, grossBasis: 'final', chargeDecimals }
}

/** The decision about it, or null when nothing says what it cost: then it stays an exception. */
export function decideHidden(
  context: BatchContext,
  source: ContextSource,
  before: RegisteredOrder,
  hidden: HiddenCharge,
  semantics: ChargeSemantics,
): OrderDecision | null {
  // A list may show a parent's price though its children are charged, so a rule never books it.
  if (hidden.row.isParent === true) return null
  const priced = before.chargeVersion > 0 || source.chargeFromHistory === true ? atListedPrice(before) : null
  if (priced === null) return null
  const decision = decideOrder(context, source, answered(priced, hidden), semantics, hidden.timing)
  return { ...decision, drafts: decision.drafts.map(fromHistory) }
}

/** A charge that no answer told says so in the ledger. */
export function fromHistory(draft: TransactionDraft): TransactionDraft {
  if (draft.kind !== 'charge') return draft
  const memo = draft.memo === '' ? 'the panel hides the charge; the imported history lists it' : draft.memo
  return { ...draft, rule: 'charge/history', memo }
}

function answered(before: RegisteredOrder, { row, timing, atMs }: HiddenCharge): RegisteredOrder {
  const { batch, item } = timing.evidence
  const { status, remains } = row
  const terminalAtMs = isFinal(status) ? (endedBefore(before, atMs) ?? atMs) : null
  const told = { status, remains, observedAtMs: atMs, terminalAtMs, refusals: 0 }
  return { ...before, ...told, evidenceBatch: batch, evidenceItem: item }
}

/** What was told is kept, and the order asked about in every run until its charge is known. An order with a charge stays as it is. */
export async function keepHidden(
  context: BatchContext,
  source: ContextSource,
  before: RegisteredOrder,
  hidden: HiddenCharge,
): Promise<RegisteredOrder> {
  const { item, line, orderId } = hidden
  const object = `order:${orderId}`
  const price = atListedPrice(before)
  const next =
    price === null
      ? ''
      : `; the imported history lists ${formatMoney(price.gross ?? 0n)} ${source.currency}: resolve it as history-price, or set chargeFromHistory for this panel`
  const detail = `the answer has no charge; an unknown charge is never zero${next}`
  context.tally.add('quarantined', source.currency, null)
  await quarantine(context, item, line, object, detail)
  await raise(context, item, {
    source: source.name,
    code: 'BAD_PAYLOAD',
    object,
    amount: null,
    currency: source.currency,
    detail,
  })
  return before.charge === null ? { ...answered(before, hidden), dueAtMs: DUE_EVERY_RUN } : before
}
