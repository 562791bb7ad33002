import { describe, expect, it } from 'vitest'
import { addCases, netEvidence, UNKNOWN_TALLY } from '../../../src/domain/orders/charge-semantics.ts'
import { absorbAnswer, type OrderState, type OrderStatus } from '../../../src/domain/orders/order.ts'

const OPEN: OrderState = {
  orderId: '1',
  quantity: 1000n,
  orderedAtMs: null,
  status: 'in-progress',
  charge: 3_490_000n,
  chargeDecimals: 4,
  remains: null,
  observedAtMs: 1,
  terminalAtMs: null,
  listedDecimals: null,
  gross: 3_490_000n,
  grossBasis: 'open',
  charged: 3_490_000n,
  chargeVersion: 1,
  refunded: 0n,
  refundVersion: 0,
  pending: null,
}

function evidence(status: OrderStatus, charge: bigint, remains: bigint | null, before: OrderState = OPEN) {
  return netEvidence(before, absorbAnswer(before, { status, charge, chargeDecimals: 5, remains, atMs: 2 }))
}

describe('netEvidence', () => {
  it('sees a real partial answer (0.0349 for 1000, 900 undelivered, 0.00349 left) as net', () => {
    expect(evidence('partial', 349_000n, 900n)).toBe('partial')
  })
  it('sees a cancellation to zero as net, also when remains says 0', () => {
    expect(evidence('canceled', 0n, 0n)).toBe('cancel')
  })
  it('sees nothing in an unchanged charge', () => expect(evidence('partial', 3_490_000n, 900n)).toBeNull())
  it('sees nothing when the fall is not the undelivered share', () =>
    expect(evidence('partial', 400_000n, 900n)).toBeNull())
  it('sees nothing while the order runs', () => expect(evidence('in-progress', 349_000n, 900n)).toBeNull())
  it('sees nothing in an order first seen final', () => {
    const never = { ...OPEN, status: null, charge: null, gross: null, grossBasis: null, observedAtMs: null }
    expect(evidence('partial', 349_000n, 900n, never)).toBeNull()
  })
})

describe('addCases', () => {
  it('needs three consistent orders', () => {
    const two = addCases(UNKNOWN_TALLY, 'net', 2)
    expect(two.verdict).toBe('unknown')
    expect(addCases(two, 'net', 1).verdict).toBe('net')
  })
  it('takes the verdict back on one contradiction and starts again', () => {
    const net = addCases(UNKNOWN_TALLY, 'net', 5)
    const flipped = addCases(net, 'gross', 1)
    expect(flipped).toEqual({ verdict: 'unknown', netCases: 0, grossCases: 0, contradictions: 1 })
  })
  it('lets mixed cases make no verdict', () => {
    expect(addCases(addCases(UNKNOWN_TALLY, 'net', 2), 'gross', 3).verdict).toBe('unknown')
  })
})
