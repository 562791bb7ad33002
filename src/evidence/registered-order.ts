/**
 * A row of the order registry as the pipeline handles it: the order as it was registered and what the answers about it came
 * to, which the database keeps in two tables.
 */
import type { OrderStateTable, PanelOrderTable } from '../db/registry-tables.ts'
import type { OrderStatus } from '../panels/rules/status.ts'
import type { OrderState } from '../panels/rules/order.ts'

/** An order's state and what the registry alone knows of it. */
export interface RegisteredOrder extends OrderState {
  readonly origin: string
  readonly service: string | null
  /** How many times in a row the panel said that it does not know the order. */
  readonly refusals: number
  /** When to ask (UTC ms); 0 is every run, null is never again. */
  readonly dueAtMs: number | null
  /** Why nothing of it can be posted yet; null when nothing is unclear. */
  readonly unclear: Unclear | null
  /** Of the latest answer; of the registration before the first. */
  readonly evidenceBatch: number
  readonly evidenceItem: number
}

/** A refund that depends on a quantity nobody told, a charge the panel hides, a parent that is charged beside its runs. */
export type Unclear = 'quantity' | 'charge' | 'runs'

export const REGISTRATION_COLUMNS = [
  'order_id',
  'origin',
  'service',
  'quantity',
  'ordered_at_ms',
  'listed_charge',
  'listed_decimals',
  'listed_remains',
  'parent',
  'evidence_batch',
  'evidence_item',
] as const
export const STATE_COLUMNS = [
  'order_id',
  'status',
  'charge',
  'charge_decimals',
  'highest_charge',
  'confirmed_charge',
  'remains',
  'observed_at_ms',
  'terminal_at_ms',
  'first_seen_ms',
  'first_seen_finished',
  'first_cost',
  'first_claim',
  'charged',
  'charge_version',
  'claim',
  'claim_ms',
  'refunded',
  'refund_version',
  'unclear',
  'refusals',
  'due_at_ms',
  'evidence_batch',
  'evidence_item',
] as const

type RegistrationRow = Pick<PanelOrderTable, (typeof REGISTRATION_COLUMNS)[number]>
type StateRow = Pick<OrderStateTable, (typeof STATE_COLUMNS)[number]>

/** `state` is undefined when nobody has asked about the order yet. */
export function registeredOrder(row: RegistrationRow, state: StateRow | undefined): RegisteredOrder {
  const evidence = { batch: Number(row.evidence_batch), item: Number(row.evidence_item) }
  const registered: RegisteredOrder = {
    ...newOrder(row.order_id, row.origin, evidence),
    service: row.service,
    quantity: row.quantity,
    orderedAtMs: numberOrNull(row.ordered_at_ms),
    listedCharge: row.listed_charge,
    listedDecimals: numberOrNull(row.listed_decimals),
    listedRemains: row.listed_remains,
    parent: row.parent,
  }
  return state === undefined ? registered : { ...registered, ...answerOf(state) }
}

function answerOf(state: StateRow) {
  return {
    // Written by the registry alone, so the texts are of the known ones.
    status: state.status as OrderStatus | null,
    latest: state.charge,
    decimals: Number(state.charge_decimals ?? 0n),
    highest: state.highest_charge,
    confirmed: state.confirmed_charge,
    remains: state.remains,
    observedAtMs: numberOrNull(state.observed_at_ms),
    terminalAtMs: numberOrNull(state.terminal_at_ms),
    firstSeenMs: numberOrNull(state.first_seen_ms),
    firstSeenFinished: state.first_seen_finished === 1n,
    firstCost: state.first_cost,
    firstClaim: state.first_claim,
    charged: state.charged,
    chargeVersion: Number(state.charge_version),
    claim: state.claim,
    claimMs: numberOrNull(state.claim_ms),
    refunded: state.refunded,
    refundVersion: Number(state.refund_version),
    unclear: state.unclear as Unclear | null,
    refusals: Number(state.refusals),
    dueAtMs: numberOrNull(state.due_at_ms),
    evidenceBatch: Number(state.evidence_batch),
    evidenceItem: Number(state.evidence_item),
  }
}

function numberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value)
}

/** True while no answer about the order, not even a refusal, has been kept. */
export function isUnasked(order: RegisteredOrder): boolean {
  return order.status === null && order.refusals === 0
}

/** A row for an order nobody has asked about yet: due in the next run. */
export function newOrder(
  orderId: string,
  origin: string,
  evidence: { readonly batch: number; readonly item: number },
): RegisteredOrder {
  return {
    orderId,
    origin,
    service: null,
    quantity: null,
    orderedAtMs: null,
    listedCharge: null,
    listedDecimals: null,
    listedRemains: null,
    parent: null,
    status: null,
    latest: null,
    decimals: 0,
    highest: null,
    confirmed: null,
    remains: null,
    observedAtMs: null,
    terminalAtMs: null,
    firstSeenMs: null,
    firstSeenFinished: false,
    firstCost: null,
    firstClaim: 0n,
    charged: 0n,
    chargeVersion: 0,
    claim: 0n,
    claimMs: null,
    refunded: 0n,
    refundVersion: 0,
    unclear: null,
    refusals: 0,
    dueAtMs: 0,
    evidenceBatch: evidence.batch,
    evidenceItem: evidence.item,
  }
}
