/** What the registry knows of orders, for people and for programs. Unknown is a dash and null, never zero. */
import { formatExact, formatMoney, type Units } from '../../domain/money/money.ts'
import type { GrossBasis } from '../../domain/orders/order.ts'
import type { RegisteredOrder } from '../../evidence/registered-order.ts'
import { HELD_PARENT } from '../../evidence/registry.ts'
import type { StoredException } from '../../reconcile/exceptions.ts'
import type { Column } from '../output.ts'

export const ORDER_COLUMNS: readonly Column[] = [
  { title: 'Order', align: 'right' },
  { title: 'Origin' },
  { title: 'Placed' },
  { title: 'Status' },
  { title: 'Charged', align: 'right' },
  { title: 'Refunded', align: 'right' },
  { title: 'Next' },
  { title: 'Waits for' },
]

/** Where an order became known, as the registry writes it and in words. */
const ORIGINS: Readonly<Record<string, string>> = {
  history: 'order history file',
  'typed-in': 'id typed in',
  parent: 'named by its parent order',
  webhook: 'webhook of the panel',
  scan: 'scan of ids',
  answered: 'answered without being asked',
  added: 'placed with tieout panel add',
}

export function orderRow(order: RegisteredOrder): readonly string[] {
  const { orderId, origin, orderedAtMs, charged, refunded } = order
  return [
    orderId,
    origin,
    orderedAtMs === null ? '–' : instant(orderedAtMs).slice(0, 10),
    statusText(order),
    order.chargeVersion === 0 && order.gross !== 0n ? '–' : formatMoney(charged),
    refunded === 0n ? '' : formatMoney(refunded),
    nextText(order),
    order.pending ?? '',
  ]
}

export function orderView(source: string, currency: string, order: RegisteredOrder) {
  const { charge, charged, refunded, gross, listedCharge, quantity, remains, ...rest } = order
  const { orderedAtMs, observedAtMs, terminalAtMs, dueAtMs, evidenceBatch, evidenceItem, ...facts } = rest
  return {
    source,
    ...facts,
    currency,
    charge: exact(charge),
    gross: exact(gross),
    charged: formatExact(charged),
    refunded: formatExact(refunded),
    listedCharge: exact(listedCharge),
    quantity: quantity?.toString() ?? null,
    remains: remains?.toString() ?? null,
    orderedAt: iso(orderedAtMs),
    observedAt: iso(observedAtMs),
    finishedAt: iso(terminalAtMs),
    /** "every run", an instant, or null for never again. */
    nextDue: dueAtMs === 0 ? 'every run' : iso(dueAtMs),
    evidence: { batch: evidenceBatch, item: evidenceItem },
  }
}

/** Name and value of everything known of one order. */
export function orderFacts(source: string, currency: string, order: RegisteredOrder): readonly (readonly string[])[] {
  const money = (amount: Units | null): string => (amount === null ? '–' : `${formatExact(amount)} ${currency}`)
  const { origin, service, quantity, orderedAtMs, charge, gross, grossBasis, refusals } = order
  return [
    ['Order', `${order.orderId} of ${source}`],
    ['Known from', ORIGINS[origin] ?? origin],
    ['Placed', orderedAtMs === null ? '–' : instant(orderedAtMs)],
    ['Service', service ?? '–'],
    ['Quantity', quantity?.toString() ?? '–'],
    ['Listed charge', money(order.listedCharge)],
    ['Status', statusText(order)],
    ['Remains', order.remains?.toString() ?? '–'],
    ['Charge now', charge === null && order.status !== null ? '– (the answer told no charge)' : money(charge)],
    [
      'Full price',
      `${money(gross)}${grossBasis === null ? '' : `, ${isListed(order) ? 'from the imported history: the panel hides the charge' : BASES[grossBasis]}`}`,
    ],
    ['Booked charge', order.chargeVersion === 0 && gross !== 0n ? '–' : money(order.charged)],
    ['Booked refund', order.refundVersion === 0 ? '–' : money(order.refunded)],
    ['Waits for', waitsFor(order.pending)],
    ['Refusals', refusals === 0 ? '0' : `${refusals} in a row: the panel says it does not know the order`],
    ['Answered', order.observedAtMs === null ? 'never' : instant(order.observedAtMs)],
    ['Finished', order.terminalAtMs === null ? '–' : instant(order.terminalAtMs)],
    ['Asked next', nextText(order)],
    ['Evidence', `landing batch ${order.evidenceBatch}, item ${order.evidenceItem}`],
  ]
}

export function exceptionLine({ code, detail }: StoredException): string {
  return `Open exception ${code}: ${detail}`
}

/** Booked at the price of an imported history, by the source's rule or a person's decision. */
function isListed({ charge, chargeVersion }: RegisteredOrder): boolean {
  return charge === null && chargeVersion > 0
}

const BASES: Readonly<Record<GrossBasis, string>> = {
  open: 'seen while it was open',
  final: 'first seen when it had finished',
  tied: 'first seen when it had finished; the wallet ties with it, so no refund is due on top',
}

function statusText({ status, refusals }: RegisteredOrder): string {
  if (status !== null) return status
  return refusals > 0 ? 'unknown to the panel' : 'not asked yet'
}

function waitsFor(pending: string | null): string {
  if (pending === null) return '–'
  return pending === HELD_PARENT
    ? `the wallet to tell whether it was charged (${pending})`
    : `proof of a refund (${pending})`
}

function nextText({ dueAtMs }: RegisteredOrder): string {
  if (dueAtMs === null) return 'never again'
  return dueAtMs === 0 ? 'every run' : instant(dueAtMs).slice(0, 10)
}

function exact(amount: Units | null): string | null {
  return amount === null ? null : formatExact(amount)
}

function iso(ms: number | null): string | null {
  return ms === null ? null : instant(ms)
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}
