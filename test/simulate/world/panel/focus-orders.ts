/** Orders of small worlds that are about one thing of a panel's refunds: when they are placed and how they end. */
import type { Random } from '../../../../src/sandbox/world/random.ts'
import { DAY_MS, HOUR_MS } from './draw-orders.ts'
import type { OrderPlan, PanelPlan, RefundKind } from './plan.ts'
import { chargeOf } from './vendor.ts'

export const GROSS = { cancel: 'gross', partial: 'gross', completion: 'gross' } as const
export const NET = { cancel: 'net', partial: 'net', completion: 'net' } as const

type Given = Pick<OrderPlan, 'atMs' | 'endsMs' | 'ending' | 'quantity' | 'remains'> & Partial<OrderPlan>

export function order(plan: PanelPlan, given: Given): OrderPlan {
  const { atMs, service = 'default', quantity } = given
  return {
    id: '',
    service,
    gross: Number(chargeOf(plan, service, quantity, atMs)),
    family: null,
    typedMs: null,
    isListed: true,
    creditAfterMs: 0,
    againAfterMs: null,
    late: null,
    forgottenMs: null,
    ...given,
  }
}

/** Placed during a day of the world (the first is 0) and seen open in its night; over in the course of the next one. */
export function overnight(plan: PanelPlan, random: Random, day: number): Pick<OrderPlan, 'atMs' | 'endsMs'> {
  const dayMs = plan.startMs + day * DAY_MS
  return {
    atMs: dayMs + random.int(HOUR_MS, 20 * HOUR_MS),
    endsMs: dayMs + DAY_MS + random.int(HOUR_MS, 20 * HOUR_MS),
  }
}

/** Begun and over before the evening. */
export function within(plan: PanelPlan, random: Random, day: number): Pick<OrderPlan, 'atMs' | 'endsMs'> {
  const atMs = plan.startMs + day * DAY_MS + random.int(HOUR_MS, 18 * HOUR_MS)
  return { atMs, endsMs: atMs + random.int(60_000, 2 * HOUR_MS) }
}

/** How such an order ends for its money to come back, by the kind of refund. */
export function ended(
  random: Random,
  kind: RefundKind,
): Pick<OrderPlan, 'ending' | 'quantity' | 'remains' | 'service'> {
  const quantity = random.int(100, 4000)
  if (kind === 'cancel') return { ending: 'Canceled', quantity, remains: quantity, service: 'default' }
  const remains = random.int(1, quantity - 1)
  if (kind === 'partial') return { ending: 'Partial', quantity, remains, service: 'default' }
  return { ending: 'Completed', quantity, remains, service: 'comments-package' }
}

export function times<T>(count: number, make: (nth: number) => T): T[] {
  return Array.from({ length: count }, (_, nth) => make(nth))
}
