/** What a received refund can have come to, as a table; a property holds it to what was charged. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OrderState } from '../../../src/domain/orders/order.ts'
import { receivedRefund } from '../../../src/domain/orders/received-refund.ts'
import { ROUNDING_MODES } from '../../../src/domain/orders/refund.ts'

const ORDER: OrderState = {
  orderId: '1',
  quantity: 1000n,
  orderedAtMs: null,
  status: 'canceled',
  charge: 499_000_000n,
  chargeDecimals: 2,
  remains: 40n,
  observedAtMs: 1,
  terminalAtMs: 1,
  listedDecimals: null,
  gross: 499_000_000n,
  grossBasis: 'open',
  charged: 499_000_000n,
  chargeVersion: 1,
  refunded: 0n,
  refundVersion: 0,
  pending: 'REFUND_MISSING',
}

const TABLE: readonly (readonly [string, Partial<OrderState>, string])[] = [
  ['the undelivered part of a nearly delivered order', {}, '0.20'],
  ['the same to more decimals, where the panel shows more', { chargeDecimals: 5 }, '0.1996'],
  ['the whole of an order of which nothing was delivered', { remains: 1000n }, '4.99'],
  ['the whole at most', { remains: 5000n }, '4.99'],
  ['what has not been booked yet', { refunded: 5_000_000n }, '0.15'],
  ['the fall of the charge', { status: 'partial', charge: 400_000_000n }, '0.99'],
  ['of a hidden charge the undelivered part', { charge: null }, '0.20'],
  ['nothing that can be told without the quantity', { quantity: null }, 'its quantity is not known'],
  [
    'nothing that can be told without what remains',
    { remains: null },
    'the panel does not say how much was not delivered',
  ],
  ['nothing that can be told of remains 0', { remains: 0n }, 'the panel says that 0 of 1000 were not delivered'],
  ['nothing that can be told of remains -56', { remains: -56n }, 'the panel says that -56 of 1000 were not delivered'],
  ['nothing more', { refunded: 20_000_000n }, '40 of 1000 were not delivered, and that is refunded already'],
  ['nothing of an open order', { status: 'in-progress' }, 'the order has not ended'],
  ['nothing of a free order', { gross: 0n, charge: 0n }, 'nothing was charged for it'],
]

describe('a received refund', () => {
  it.each(TABLE)('is %s', (_name, change, expected) => {
    const received = receivedRefund({ ...ORDER, ...change }, null, 8)
    const text = received.kind === 'amount' ? (Number(received.amount) / 1e8).toString() : received.reason
    expect(Number.isNaN(Number(expected)) ? text : Number(text)).toBe(
      Number.isNaN(Number(expected)) ? expected : Number(expected),
    )
  })

  it('is rounded as the panel was seen to round', () => {
    const received = receivedRefund({ ...ORDER, chargeDecimals: 5 }, { mode: 'floor', decimals: 2 }, 8)
    expect(received).toMatchObject({ kind: 'amount', amount: 19_000_000n })
  })

  it('has no more decimals than the wallet shows, unless the panel was seen to round finer', () => {
    const order = { ...ORDER, chargeDecimals: 5 }
    expect(receivedRefund(order, null, 2)).toMatchObject({ kind: 'amount', amount: 20_000_000n })
    const finer = { mode: 'half-up', decimals: 4 } as const
    expect(receivedRefund(order, finer, 2)).toMatchObject({ kind: 'amount', amount: 19_960_000n })
  })

  it('is never more than was charged and is not refunded', () => {
    const amounts = fc.bigInt({ min: 0n, max: 10n ** 12n })
    const counts = fc.option(fc.bigInt({ min: -1000n, max: 10n ** 7n }))
    const rounding = fc.record({ mode: fc.constantFrom(...ROUNDING_MODES), decimals: fc.integer({ min: 0, max: 8 }) })
    fc.assert(
      fc.property(amounts, amounts, counts, counts, rounding, (gross, refunded, quantity, remains, learned) => {
        const cents = (gross / 100_000_000n) * 100_000_000n
        const order = { ...ORDER, gross: cents, charge: cents, refunded, quantity, remains }
        const received = receivedRefund(order, learned, 8)
        if (received.kind === 'amount') expect(received.amount).toBeLessThanOrEqual(cents - refunded)
      }),
    )
  })
})
