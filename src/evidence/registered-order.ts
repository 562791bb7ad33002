/**
 * A row of the order registry as the pipeline handles it: the order as it was registered and the latest answer about it,
 * which the database keeps in two tables.
 */
import type { OrderStateTable, PanelOrderTable } from '../db/registry-tables.ts'
import type { GrossBasis, OrderState, OrderStatus } from '../domain/orders/order.ts'

/** An order's state and what the registry alone knows of it. */
export interface RegisteredOrder extends OrderState {
  readonly origin: string
  readonly service: string | null
  readonly listedCharge: bigint | null
  /** How many times in a row the panel said that it does not know the order. */
  readonly refusals: number
  /** When to ask (UTC ms); 0 is every run, null is never again. */
  readonly dueAtMs: number | null
  /** The batch in which the refund it claims arose or changed; null while it claims none. */
  readonly claimBatch: number | null
  /** Whether the answer before the claim still said open; null when that is not known. */
  readonly claimFromOpen: boolean | null
  /** What of its refund is booked and not credited yet, and since when (UTC ms). */
  readonly refundDue: bigint
  readonly refundDueMs: number | null
  /** Of the latest answer; of the registration before the first. */
  readonly evidenceBatch: number
  readonly evidenceItem: number
}

export const REGISTRATION_COLUMNS = [
  'order_id',
  'origin',
  'service',
  'quantity',
  'ordered_at_ms',
  'listed_charge',
  'listed_decimals',
  'open_charge',
  'evidence_batch',
  'evidence_item',
] as const
export const STATE_COLUMNS = [
  'order_id',
  'status',
  'charge',
  'charge_decimals',
  'remains',
  'observed_at_ms',
  'terminal_at_ms',
  'gross',
  'gross_basis',
  'charged',
  'charge_version',
  'refunded',
  'refund_version',
  'pending',
  'claim_batch',
  'claim_from_open',
  'refund_due',
  'refund_due_ms',
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
  const registered = {
    ...newOrder(row.order_id, row.origin, evidence),
    service: row.service,
    quantity: row.quantity,
    orderedAtMs: numberOrNull(row.ordered_at_ms),
    listedCharge: row.listed_charge,
    listedDecimals: numberOrNull(row.listed_decimals),
    gross: row.open_charge,
    grossBasis: row.open_charge === null ? null : ('open' as const),
  }
  return state === undefined ? registered : { ...registered, ...answerOf(state, registered) }
}

function answerOf(state: StateRow, registered: Pick<RegisteredOrder, 'gross' | 'grossBasis'>) {
  return {
    // Written by the registry alone, so the texts are of the known ones.
    status: state.status as OrderStatus | null,
    charge: state.charge,
    chargeDecimals: Number(state.charge_decimals ?? 0n),
    remains: state.remains,
    observedAtMs: numberOrNull(state.observed_at_ms),
    terminalAtMs: numberOrNull(state.terminal_at_ms),
    gross: state.gross ?? registered.gross,
    grossBasis: state.gross === null ? registered.grossBasis : (state.gross_basis as GrossBasis | null),
    charged: state.charged,
    chargeVersion: Number(state.charge_version),
    refunded: state.refunded,
    refundVersion: Number(state.refund_version),
    pending: state.pending,
    claimBatch: numberOrNull(state.claim_batch),
    refundDue: state.refund_due,
    refundDueMs: numberOrNull(state.refund_due_ms),
    claimFromOpen: state.claim_from_open === null ? null : state.claim_from_open === 1n,
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
    status: null,
    charge: null,
    chargeDecimals: 0,
    remains: null,
    observedAtMs: null,
    terminalAtMs: null,
    gross: null,
    grossBasis: null,
    charged: 0n,
    chargeVersion: 0,
    refunded: 0n,
    refundVersion: 0,
    pending: null,
    claimBatch: null,
    claimFromOpen: null,
    refundDue: 0n,
    refundDueMs: null,
    refusals: 0,
    dueAtMs: 0,
    evidenceBatch: evidence.batch,
    evidenceItem: evidence.item,
  }
}
