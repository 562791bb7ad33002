import { describe, expect, it } from 'vitest'
import type { OrderState, RefundCase } from '../../../src/domain/orders/order.ts'
import { proveRefunds, type PendingRefund } from '../../../src/domain/wallets/wallet-proof.ts'

const ROUNDINGS = [
  { mode: 'half-up', decimals: 5 },
  { mode: 'floor', decimals: 5 },
] as const

function waiting(orderId: string, gross: bigint, remains: bigint, quantity: bigint, isNew = true): PendingRefund {
  const state: OrderState = {
    orderId,
    quantity,
    orderedAtMs: null,
    status: 'partial',
    charge: gross,
    chargeDecimals: 5,
    remains,
    observedAtMs: 1,
    terminalAtMs: 1,
    listedDecimals: null,
    gross,
    grossBasis: 'open',
    charged: gross,
    chargeVersion: 1,
    refunded: 0n,
    refundVersion: 0,
    pending: 'REFUND_MISSING',
  }
  return { state, refundCase: 'partial', isNew }
}

function canceled(orderId: string, gross: bigint): PendingRefund {
  const { state, isNew } = waiting(orderId, gross, 0n, 1n)
  return { state: { ...state, status: 'canceled' }, refundCase: 'cancel' satisfies RefundCase, isNew }
}

describe('proveRefunds', () => {
  it('proves the refunds that come to exactly what the wallet shows', () => {
    const proof = proveRefunds(
      300_000_000n,
      null,
      [canceled('1', 100_000_000n), canceled('2', 200_000_000n)],
      ROUNDINGS,
    )
    expect(proof).toMatchObject({ kind: 'proven', refunds: [{ refunded: 100_000_000n }, { refunded: 200_000_000n }] })
  })

  it('proves one refund case while the other has not been credited yet', () => {
    const proof = proveRefunds(
      50_000_000n,
      null,
      [canceled('1', 700_000_000n), waiting('2', 100_000_000n, 1n, 2n)],
      ROUNDINGS,
    )
    expect(proof).toMatchObject({ kind: 'proven', refunds: [{ state: { orderId: '2' }, refunded: 50_000_000n }] })
  })

  it('finds out how the panel rounds', () => {
    const proof = proveRefunds(6_666_000n, null, [waiting('1', 10_000_000n, 2n, 3n)], ROUNDINGS)
    expect(proof).toMatchObject({ kind: 'proven', rounding: { mode: 'floor', decimals: 5 } })
  })

  it('proves nothing when the amount is off by one unit', () => {
    expect(proveRefunds(100_000_001n, null, [canceled('1', 100_000_000n)], ROUNDINGS).kind).toBe('unproven')
  })

  it('proves nothing when two readings come to the same amount', () => {
    const two = [canceled('1', 100_000_000n), waiting('2', 200_000_000n, 1n, 2n)]
    expect(proveRefunds(100_000_000n, null, two, ROUNDINGS).kind).toBe('unproven')
  })

  it('proves what is new against the change when an old difference stands', () => {
    const old = { ...canceled('1', 999_000_000n), isNew: false }
    const proof = proveRefunds(-220_000_000n, -320_000_000n, [old, canceled('2', 100_000_000n)], ROUNDINGS)
    expect(proof).toMatchObject({ kind: 'proven', refunds: [{ state: { orderId: '2' } }] })
  })

  it('proves nothing when the wallet fell', () => {
    expect(proveRefunds(-100_000_000n, null, [canceled('1', 100_000_000n)], ROUNDINGS).kind).toBe('unproven')
  })

  it('proves what had ended before the last balance, when a panel credits a day late', () => {
    const earlier = { ...canceled('1', 100_000_000n), endedEarlier: true }
    const proof = proveRefunds(100_000_000n, 0n, [earlier, canceled('2', 300_000_000n)], ROUNDINGS)
    expect(proof).toMatchObject({ kind: 'proven', refunds: [{ state: { orderId: '1' } }] })
  })

  it('proves neither when the new ones come to the same as the earlier ones', () => {
    const earlier = { ...canceled('1', 100_000_000n), isNew: false, endedEarlier: true }
    const proof = proveRefunds(100_000_000n, 0n, [earlier, canceled('2', 100_000_000n)], ROUNDINGS)
    expect(proof).toMatchObject({ kind: 'unproven', reason: expect.stringContaining('more than one reading') })
  })
})
