/** An order from three sides, where a side has more decimals than are kept. */
import { describe, expect, it } from 'vitest'
import { unitsOf as units } from '../../../src/domain/money/money.ts'
import {
  compareRegistryWithWallet,
  compareWithVendor,
  type OrderSides,
} from '../../../src/domain/proofs/order-match.ts'

const PRICED = { amount: units('0.00000012'), decimals: 9, from: 'catalogue' } as const

describe('an order priced with more decimals than are kept', () => {
  it.each([
    ['0.00000012', 'agree'],
    ['0.00000013', 'differ'],
  ])('and charged with %s: %s', (charged, verdict) => {
    const full = units(charged)
    const wallet = { charged: full, net: full, lines: 1 }
    const vendor = { full, net: full, isFullKnown: true }
    const sides: OrderSides = { order: '1', ordered: PRICED, vendor, wallet, isCovered: true }
    expect(compareWithVendor(sides)).toMatchObject({ verdict })
    expect(() => compareRegistryWithWallet(sides, 1n)).not.toThrow()
  })
})
