/**
 * An order's fate, drawn in full when it is placed, from a stream of its own: when it starts and ends, how it ends,
 * how much is never delivered, and whether a refund follows days after it looked finished.
 */
import type { Random } from './random.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from './state.ts'
import type { OrderStatus } from './state.ts'
import type { ServiceType } from './catalogue.ts'

export type FinalStatus = Exclude<OrderStatus, 'Pending' | 'In progress'>

export interface OrderPlan {
  readonly startCount: number
  readonly startAfterMs: number
  readonly endAfterMs: number
  readonly final: FinalStatus
  /** Undelivered when it ends. */
  readonly finalRemains: number
  /** After completion; undefined for the many orders nobody disputes. */
  readonly late: { readonly afterMs: number; readonly remains: number } | undefined
  /** How long the panel takes to act on a cancel request. */
  readonly cancelAfterMs: number
}

const DEFAULT_FINALS: readonly (readonly [FinalStatus, number])[] = [
  ['Completed', 70],
  ['Done', 7],
  ['Partial', 11],
  ['Canceled', 8],
  ['Failed', 4],
]

const LATE_REFUND_CHANCE = 0.07

export function planOrder(
  random: Random,
  order: { readonly type: ServiceType; readonly quantity: number; readonly leastDelivered: number },
): OrderPlan {
  const drawn = drawFinal(random)
  // One of one is all or nothing.
  const final = drawn === 'Partial' && order.quantity === 1 ? 'Canceled' : drawn
  const startAfterMs = random.int(MINUTE_MS, 3 * HOUR_MS)
  const slow = order.type === 'Subscriptions' ? 4 : 1
  const endAfterMs = startAfterMs + slow * random.int(10 * MINUTE_MS, 20 * HOUR_MS)
  const finalRemains = drawRemains(random, final, order)
  const isComplete = final === 'Completed' || final === 'Done'
  const isDisputed = random.chance(LATE_REFUND_CHANCE) && isComplete && finalRemains + 1 < order.quantity
  return {
    startCount: random.int(0, 20_000),
    startAfterMs,
    endAfterMs,
    final,
    finalRemains,
    late: isDisputed
      ? { afterMs: random.int(DAY_MS, 6 * DAY_MS), remains: random.int(finalRemains + 1, order.quantity - 1) }
      : undefined,
    cancelAfterMs: random.int(MINUTE_MS, 20 * MINUTE_MS),
  }
}

function drawFinal(random: Random): FinalStatus {
  let ticket = random.int(0, DEFAULT_FINALS.reduce((sum, [, weight]) => sum + weight, 0) - 1)
  for (const [status, weight] of DEFAULT_FINALS) {
    if (ticket < weight) return status
    ticket -= weight
  }
  return 'Completed'
}

function drawRemains(
  random: Random,
  final: FinalStatus,
  order: { readonly type: ServiceType; readonly quantity: number; readonly leastDelivered: number },
): number {
  switch (final) {
    case 'Completed':
    case 'Done':
      // Billed at posts × max, delivered between min and max per post: the rest is refunded at completion.
      return order.type === 'Custom Comments Package' ? random.int(0, order.quantity - order.leastDelivered) : 0
    case 'Partial':
      return random.int(1, order.quantity - 1)
    case 'Canceled':
      // Real panels sometimes show 0 remains on a canceled order although nothing was delivered.
      return random.chance(0.1) ? 0 : order.quantity
    case 'Failed':
      return order.quantity
  }
}
