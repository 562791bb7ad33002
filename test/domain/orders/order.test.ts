import { describe, expect, it } from 'vitest'
import { absorbAnswer, isFinal, isSameAnswer, refundCaseOf, type OrderState } from '../../../src/domain/orders/order.ts'
import type { OrderAnswer } from '../../../src/domain/orders/order.ts'
import { NEVER_SEEN } from './never-seen.ts'

const NEW: OrderState = { ...NEVER_SEEN, quantity: 1000n }

const RUNNING: OrderState = {
  ...NEW,
  status: 'in-progress',
  charge: 100_000_000n,
  chargeDecimals: 5,
  observedAtMs: 1_000,
  gross: 100_000_000n,
  grossBasis: 'open',
}

/** Listed as running at 0.28, the list showing two decimals; never answered. */
const LISTED: OrderState = { ...NEW, listedDecimals: 2, gross: 28_000_000n, grossBasis: 'open' }

function answer(status: OrderAnswer['status'], charge: bigint, atMs = 2_000): OrderAnswer {
  return { status, charge, chargeDecimals: 5, remains: 0n, atMs }
}

type Row = readonly [string, OrderState, OrderAnswer, Partial<OrderState>]

const TABLE: readonly Row[] = [
  [
    'takes the first charge of a running order for its price',
    NEW,
    answer('pending', 5n),
    { gross: 5n, grossBasis: 'open' },
  ],
  [
    'knows that the first charge of a finished order may already be net',
    NEW,
    answer('partial', 5n),
    { gross: 5n, grossBasis: 'final', terminalAtMs: 2_000 },
  ],
  ['keeps the price when the charge falls', RUNNING, answer('partial', 40_000_000n), { gross: 100_000_000n }],
  ['raises the price when the charge rises', RUNNING, answer('in-progress', 120_000_000n), { gross: 120_000_000n }],
  [
    'knows a charge that rises after the end for a full price',
    { ...NEW, status: 'partial', gross: 5n, charge: 5n, grossBasis: 'final', observedAtMs: 1_000 },
    answer('completed', 9n),
    { gross: 9n, grossBasis: 'open' },
  ],
  ['takes a free order for free', NEW, answer('completed', 0n), { gross: 0n, grossBasis: 'final' }],
  [
    'takes the API for the exact price of an order listed with fewer decimals',
    LISTED,
    answer('in-progress', 27_819_000n),
    { gross: 27_819_000n, grossBasis: 'open' },
  ],
  [
    'takes it also when the order has ended, within the last decimal listed',
    LISTED,
    answer('completed', 27_819_000n),
    { gross: 27_819_000n, grossBasis: 'open' },
  ],
  [
    'does not take a fall beyond the last decimal listed for rounding',
    LISTED,
    answer('partial', 27_000_000n),
    { gross: 28_000_000n, charge: 27_000_000n },
  ],
  [
    'does not take a lower charge for rounding once the order has been answered',
    { ...LISTED, observedAtMs: 1_000, status: 'in-progress', charge: 28_000_000n },
    answer('completed', 27_819_000n),
    { gross: 28_000_000n },
  ],
  [
    'remembers when an order was first seen finished',
    { ...RUNNING, status: 'completed', terminalAtMs: 1_500 },
    answer('partial', 1n),
    { terminalAtMs: 1_500 },
  ],
  [
    'forgets the end of an order that runs again',
    { ...RUNNING, terminalAtMs: 1_500 },
    answer('pending', 1n),
    { terminalAtMs: null },
  ],
  [
    'lets an order first seen finished end on the day it was placed',
    { ...NEW, orderedAtMs: 500 },
    answer('completed', 1n),
    { terminalAtMs: 500 },
  ],
]

describe('absorbAnswer', () => {
  it.each(TABLE)('%s', (_name, before, next, expected) => {
    const after = absorbAnswer(before, next)
    expect(after).toMatchObject({ status: next.status, charge: next.charge, observedAtMs: next.atMs, ...expected })
  })

  it('decides nothing about what is booked', () => {
    const { charged, chargeVersion, refunded, refundVersion, pending } = absorbAnswer(RUNNING, answer('canceled', 0n))
    expect({ charged, chargeVersion, refunded, refundVersion, pending }).toEqual({
      charged: 0n,
      chargeVersion: 0,
      refunded: 0n,
      refundVersion: 0,
      pending: null,
    })
  })
})

describe('an order status', () => {
  it.each([
    ['canceled', 'cancel'],
    ['failed', 'cancel'],
    ['partial', 'partial'],
    ['completed', 'completion'],
    ['pending', null],
    ['in-progress', null],
    ['unknown', null],
    [null, null],
  ] as const)('%s can claim a refund as: %s', (status, refundCase) => {
    expect(refundCaseOf(status)).toBe(refundCase)
    expect(isFinal(status)).toBe(refundCase !== null)
  })
})

describe('isSameAnswer', () => {
  it.each([
    ['status', { status: 'completed' }],
    ['charge', { charge: 1n }],
    ['remains', { remains: 7n }],
  ] as const)('sees a change of the %s', (_field, change) => {
    const before = absorbAnswer(RUNNING, answer('in-progress', 100_000_000n))
    expect(isSameAnswer(before, answer('in-progress', 100_000_000n, 9_999))).toBe(true)
    expect(isSameAnswer(before, { ...answer('in-progress', 100_000_000n), ...change })).toBe(false)
  })
})
