import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSeenOrders } from '../../../src/sources/panel/seen-orders.ts'

describe('orders seen before', () => {
  it('are told as a Map would tell them, numbers, zeros and texts alike', () => {
    const id = fc.oneof(
      fc.integer({ min: 0, max: 40 }).map(String),
      fc.integer({ min: 0, max: 999_999_999_999_999 }).map(String),
      fc.constantFrom('007', '7', 'a-7', 'A-7', '00'),
    )
    const order = fc.tuple(id, fc.option(fc.bigInt({ min: 0n, max: 3n })))
    fc.assert(
      fc.property(fc.array(order, { maxLength: 3000, size: 'max' }), (orders) => {
        const map = new Map<string, bigint | null>()
        const seen = createSeenOrders(10_000)
        for (const [orderId, charge] of orders) {
          const known = map.get(orderId)
          const expected = known === undefined ? 'first' : known === charge ? 'same charge' : 'other charge'
          if (known === undefined) map.set(orderId, charge)
          expect(seen.see(orderId, charge)).toBe(expected)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('nobody can tell any more when the table is full, but those in it stay known', () => {
    const seen = createSeenOrders(2)
    expect(['1', '2', '3', '1'].map((orderId) => seen.see(orderId, 1n))).toEqual([
      'first',
      'first',
      null,
      'same charge',
    ])
  })
})
