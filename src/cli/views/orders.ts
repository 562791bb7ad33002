/** What the registry knows of orders, for people and for programs. Unknown is a dash and null, never zero. */
import { formatExact, formatMoney, type Units } from '../../domain/money/money.ts'
import type { RegisteredOrder, Unclear } from '../../evidence/registered-order.ts'
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
  { title: 'Unclear' },
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
    order.chargeVersion === 0 && order.highest !== 0n ? '–' : formatMoney(charged),
    refunded === 0n ? '' : formatMoney(refunded),
    nextText(order),
    order.unclear ?? '',
  ]
}

export function orderView(source: string, currency: string, order: RegisteredOrder) {
  return {
    source,
    orderId: order.orderId,
    origin: order.origin,
    service: order.service,
    parent: order.parent,
    status: order.status,
    unclear: order.unclear,
    refusals: order.refusals,
    firstSeenFinished: order.firstSeenFinished,
    currency,
    charge: exact(order.latest),
    highestCharge: exact(order.highest),
    charged: formatExact(order.charged),
    chargeVersion: order.chargeVersion,
    claimed: formatExact(order.claim),
    refunded: formatExact(order.refunded),
    refundVersion: order.refundVersion,
    listedCharge: exact(order.listedCharge),
    listedRemains: order.listedRemains?.toString() ?? null,
    quantity: order.quantity?.toString() ?? null,
    remains: order.remains?.toString() ?? null,
    orderedAt: iso(order.orderedAtMs),
    firstSeenAt: iso(order.firstSeenMs),
    observedAt: iso(order.observedAtMs),
    finishedAt: iso(order.terminalAtMs),
    claimedAt: iso(order.claimMs),
    /** "every run", an instant, or null for never again. */
    nextDue: order.dueAtMs === 0 ? 'every run' : iso(order.dueAtMs),
    evidence: { batch: order.evidenceBatch, item: order.evidenceItem },
  }
}

/** Name and value of everything known of one order. */
export function orderFacts(source: string, currency: string, order: RegisteredOrder): readonly (readonly string[])[] {
  const money = (amount: Units | null): string => (amount === null ? '–' : `${formatExact(amount)} ${currency}`)
  const { origin, service, quantity, orderedAtMs, latest, highest, refusals } = order
  return [
    ['Order', `${order.orderId} of ${source}`],
    ['Known from', ORIGINS[origin] ?? origin],
    ['Placed', orderedAtMs === null ? '–' : instant(orderedAtMs)],
    ['Service', service ?? '–'],
    ['Quantity', quantity?.toString() ?? '–'],
    ['Listed charge', money(order.listedCharge)],
    ['Status', statusText(order)],
    ['Remains', order.remains?.toString() ?? '–'],
    ['Charge now', latest === null && order.status !== null ? '– (the answer told no charge)' : money(latest)],
    ['Highest charge', money(highest)],
    ['Posted cost', order.chargeVersion === 0 && highest !== 0n ? '–' : money(order.charged)],
    ['Claimed refund', money(order.claim)],
    ['Posted refund', order.refundVersion === 0 ? '–' : money(order.refunded)],
    ['Unclear', order.unclear === null ? '–' : UNCLEAR[order.unclear]],
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

const UNCLEAR: Readonly<Record<Unclear, string>> = {
  quantity: 'how many were ordered, so what its refund comes to',
  charge: 'what it cost: the panel hides the charge',
  runs: 'whether the wallet paid for it or for its runs; both show a charge',
}

function statusText({ status, refusals }: RegisteredOrder): string {
  if (status !== null) return status
  return refusals > 0 ? 'unknown to the panel' : 'not asked yet'
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
