/** What comes to the same sum under two roundings with other amounts proves neither, whichever of the two is more usual. */
import { expect, it } from 'vitest'
import { proRataRefund, roundingsUpTo } from '../../../src/domain/orders/refund.ts'
import type { PendingRefund } from '../../../src/domain/wallets/claim-amounts.ts'
import { askedAfter, proveWaiting } from '../../../src/pipeline/process/wallet-proving.ts'
import { amountOf, shareOf } from '../../pipeline/gross-panel/panel.ts'
import { canceled } from './waiting.ts'

const ALL = roundingsUpTo(5)
const MODES = ['half-up', 'half-even', 'floor', 'ceil'] as const
const ROUNDINGS = { cancel: ALL, partial: ALL, completion: ALL }

function partial(orderId: string, price: string, remains: bigint, quantity: bigint, isNew: boolean): PendingRefund {
  const gross = amountOf(price)
  const told = { orderId, status: 'partial', charge: gross, chargeDecimals: 5, gross, remains, quantity } as const
  const booked = { grossBasis: 'open', charged: gross, chargeVersion: 1, refunded: 0n, refundVersion: 0 } as const
  const times = { orderedAtMs: 0, observedAtMs: 1, terminalAtMs: 1, listedDecimals: null, pending: 'REFUND_MISSING' }
  const state = { ...told, ...booked, ...times }
  return { state, refundCase: 'partial', pass: isNew ? 1 : 0, isNew, notBefore: null }
}

/** What a panel credits that rounds the share to six places first. */
function credited({ state: { gross, remains, quantity } }: PendingRefund): bigint {
  return shareOf(gross ?? 0n, remains ?? 0n, quantity ?? 1n, 'ratio-6', 5)
}

/** Two orders that differ by one unit between the two ways, one upwards and one downwards. */
function opposed(): readonly [PendingRefund, PendingRefund] {
  const found = new Map<bigint, PendingRefund>()
  for (let nth = 0; found.size < 2; nth += 1) {
    const order = partial(`${100 + nth}`, `${9 + (nth % 5)}.${10_000 + nth * 37}`, BigInt(11 + nth), 997n, false)
    const { gross, remains, quantity } = order.state
    const usual = proRataRefund(gross ?? 0n, remains ?? 0n, quantity ?? 1n, { mode: 'half-up', decimals: 5 })
    const by = usual - credited(order)
    if (by !== 0n && !found.has(by)) found.set(by, order)
  }
  const [one, other] = [...found.values()]
  if (one === undefined || other === undefined) throw new Error('none found')
  return [one, other]
}

/** One that no other way of rounding gives the same amount. */
function tellingAlone(): PendingRefund {
  for (let remains = 1n; remains < 997n; remains += 1n) {
    const order = partial('900', '149.99991', remains, 997n, true)
    const others = MODES.map((mode) => shareOf(order.state.gross ?? 0n, remains, 997n, mode, 5))
    if (!others.includes(credited(order))) return order
  }
  throw new Error('none found')
}

it('is not proven by what most panels do, and is once another night tells how this one rounds', () => {
  const [one, other] = opposed()
  const sum = credited(one) + credited(other)
  const first = { changes: [sum], whole: null, pending: [one, other], roundings: ROUNDINGS, walletDecimals: 5 }
  expect(proveWaiting(first)).toEqual({ kind: 'unproven', reason: 'several readings' })
  const later = tellingAlone()
  const next = { ...first, changes: [credited(later)], whole: sum + credited(later), pending: [one, other, later] }
  const proof = proveWaiting(next)
  if (proof.kind !== 'proven') throw new Error('the later one is not proven')
  const rest = proveWaiting(askedAfter(next, proof))
  const refunds = [proof, rest].flatMap((each) => (each.kind === 'proven' ? each.refunds : []))
  expect(refunds.map(({ pending, refunded }) => [pending, refunded])).toEqual(
    [later, one, other].map((order) => [order, credited(order)]),
  )
})

it('is not proven by a figure finer than the wallet shows, which holds what the wallet leaves out', () => {
  // 5.46 was credited, and the wallet's two decimals leave out half a cent of what the books know.
  const order = partial('1', '10.9100', 500n, 1000n, true)
  const request = { whole: null, pending: [order], roundings: ROUNDINGS }
  const asked = { ...request, changes: [amountOf('5.455')], walletDecimals: 2 }
  expect(proveWaiting(asked)).toEqual({ kind: 'unproven', reason: 'several readings' })
  expect(proveWaiting({ ...asked, walletDecimals: 3 })).toMatchObject({ kind: 'proven' })
  // A full refund is the same however the panel rounds.
  const canceled: PendingRefund = { ...order, refundCase: 'cancel', state: { ...order.state, status: 'canceled' } }
  const full = { ...request, pending: [canceled], changes: [amountOf('10.9100')], walletDecimals: 1 }
  expect(proveWaiting(full)).toMatchObject({ kind: 'proven' })
})

it('is not proven where charges are finer than the wallet shows, though the change is not', () => {
  // 0.04765 was credited; the wallet went from 98.23 to 98.28, as it would have by 0.05.
  const order = partial('1', '0.17207', 36n, 130n, true)
  const request = {
    changes: [amountOf('0.05')],
    whole: null,
    pending: [order],
    roundings: ROUNDINGS,
    walletDecimals: 2,
  }
  expect(proveWaiting(request)).toEqual({ kind: 'unproven', reason: 'several readings' })
  const shown = { ...order, state: { ...order.state, chargeDecimals: 2 } }
  expect(proveWaiting({ ...request, pending: [shown] })).toMatchObject({ kind: 'proven' })
  // As a number a charge has dropped its zeros: other orders tell how fine the panel's charges are.
  expect(proveWaiting({ ...request, pending: [shown], chargeDecimals: 5 })).toEqual({
    kind: 'unproven',
    reason: 'several readings',
  })
})

it('is not proven beside a canceled order that may have come back in whole though only a part of its charge fell', () => {
  // Seed 5753: posts of one subscription at one price. The first was partly delivered, its charge fell, and then it was
  // canceled and credited with the rest; the second was canceled and never credited.
  const fallen = canceled('1007', '2513.1', { charge: '851.4' })
  const [sibling, other] = [canceled('1014', '2513.1'), canceled('1180', '1897.6')]
  const asked = { whole: null, roundings: ROUNDINGS, walletDecimals: 1 }
  const prove = (change: string, pending: readonly PendingRefund[]): unknown =>
    proveWaiting({ ...asked, changes: [amountOf(change)], pending })
  const several = { kind: 'unproven', reason: 'several readings' }
  expect(prove('4410.7', [fallen, sibling, other])).toEqual(several)
  expect(prove('4410.7', [canceled('1007', '2513.2', { charge: '851.4' }), sibling, other])).toMatchObject({
    refunds: [{ pending: sibling }, { pending: other }],
  })
  // What is left of its charge may be what came back, too, beside its fall or after it.
  const rest = canceled('1200', '851.4')
  expect(prove('2513.1', [fallen, rest])).toEqual(several)
  expect(prove('851.4', [fallen, rest])).toEqual(several)
  expect(prove('1661.7', [fallen, rest])).toMatchObject({ refunds: [{ pending: fallen }] })
})
