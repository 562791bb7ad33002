import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { divideHalfUp } from '../../../src/domain/money/money.ts'
import { orderPrices } from '../../../src/domain/orders/order-price.ts'
import {
  FULL_SHARE,
  highestCharge,
  isOvercharge,
  learnShare,
  NOTHING_LEARNED,
  ORDERS_FOR_A_SHARE,
  type ChargedOrder,
  type LearnedPrice,
} from '../../../src/domain/orders/overcharge.ts'
import { judgeWallet } from '../../../src/domain/wallets/wallet-movement.ts'

const PRICE = 450_000_000n

function order(charge: bigint, decimals = 5, prices: readonly bigint[] = [PRICE]): ChargedOrder {
  return { charge, decimals, prices }
}

function after(orders: readonly ChargedOrder[], known: LearnedPrice = NOTHING_LEARNED): LearnedPrice {
  return orders.reduce(learnShare, known)
}

describe('the price of an order', () => {
  it.each([
    ['Default', 90_000_000n, 5000n, [['per-1000', 450_000_000n]]],
    ['SEO', 137_190_000n, 100n, [['per-1000', 13_719_000n]]],
    ['default', 1n, 499n, [['per-1000', 0n]]],
    ['Default', 90_000_000n, null, []],
    ['Package', 499_000_000n, null, [['flat', 499_000_000n]]],
    ['Package', 499_000_000n, 1000n, [['flat', 499_000_000n]]],
    [
      'Custom Comments Package',
      655_000_000n,
      20n,
      [
        ['per-1000', 13_100_000n],
        ['flat', 655_000_000n],
      ],
    ],
    ['Custom Comments Package', 655_000_000n, null, [['flat', 655_000_000n]]],
  ] as const)('%s at %s for %s', (type, rate, quantity, expected) => {
    expect(orderPrices(type, rate, quantity).map(({ unit, price }) => [unit, price])).toEqual(expected)
  })
})

describe('an overcharge', () => {
  it.each([
    ['the price itself', 450_000_000n, 5, false],
    ['the last place shown', 450_001_000n, 5, false],
    ['more than the last place shown', 450_002_000n, 5, true],
    ['a cent, where cents are shown', 451_000_000n, 2, false],
    ['two cents, where cents are shown', 452_000_000n, 2, true],
    ['less', 100_000_000n, 5, false],
    ['twice the price', 900_000_000n, 5, true],
  ])('is not %s', (_name, charge, decimals, over) => {
    expect(isOvercharge(order(charge, decimals), NOTHING_LEARNED)).toBe(over)
  })

  it('is judged by the highest of several possible prices', () => {
    expect(isOvercharge(order(655_000_000n, 5, [13_100_000n, 655_000_000n]), NOTHING_LEARNED)).toBe(false)
  })
})

describe('a discount', () => {
  const discounted = order(427_500_000n)

  it('is learned from twenty orders that fit, not from nineteen', () => {
    const nineteen = after(Array.from({ length: ORDERS_FOR_A_SHARE - 1 }, () => discounted))
    expect(nineteen.learned).toBeNull()
    expect(isOvercharge(order(PRICE), nineteen)).toBe(false)
    const twenty = learnShare(nineteen, discounted)
    expect(twenty.learned).not.toBeNull()
    expect(isOvercharge(discounted, twenty)).toBe(false)
    expect(isOvercharge(order(PRICE), twenty)).toBe(true)
  })

  it('that ends is learned again after twenty full prices', () => {
    const learned = after(Array.from({ length: 20 }, () => discounted))
    const full = after(
      Array.from({ length: 20 }, () => order(PRICE)),
      learned,
    )
    expect(isOvercharge(order(PRICE), full)).toBe(false)
  })

  it('is not made by one cheap order among usual ones, nor by orders above the price', () => {
    const usual = Array.from({ length: 30 }, () => order(PRICE))
    const one = after([...usual, order(1n), ...usual])
    expect(isOvercharge(order(PRICE), one)).toBe(false)
    const dear = Array.from({ length: 40 }, () => order(500_000_000n))
    expect(isOvercharge(order(500_000_000n), after(dear))).toBe(true)
  })

  it('of any constant share, on any prices, rounded as panels round, is never an overcharge', () => {
    const share = fc.integer({ min: 1, max: 1000 })
    const orders = fc.array(
      fc.record({ price: fc.bigInt({ min: 1n, max: 10n ** 11n }), decimals: fc.integer({ min: 2, max: 8 }) }),
      { minLength: 1, maxLength: 60 },
    )
    fc.assert(
      fc.property(share, orders, (perMille, list) => {
        let known = NOTHING_LEARNED
        for (const { price, decimals } of list) {
          const unit = 10n ** BigInt(8 - decimals)
          const charge = divideHalfUp(price * BigInt(perMille), 1000n * unit) * unit
          const shown = { charge, decimals, prices: [price] }
          expect(isOvercharge(shown, known)).toBe(false)
          known = learnShare(known, shown)
        }
        expect(known.learned === null || known.learned.high <= FULL_SHARE).toBe(true)
        expect(highestCharge({ charge: 0n, decimals: 8, prices: [1_000n] }, known)).toBeLessThanOrEqual(1_001n)
      }),
    )
  })
})

describe('what a wallet says about a lost answer', () => {
  const prices = [9_000_000n]
  it.each([
    ['fell by the price', 100_000_000n, 91_000_000n, 5, prices, 'charged'],
    ['fell by the price, as far as it shows', 100_000_000n, 91_000_900n, 5, prices, 'charged'],
    ['did not move', 100_000_000n, 100_000_000n, 5, prices, 'unchanged'],
    ['fell by something else', 100_000_000n, 90_000_000n, 5, prices, 'other'],
    ['rose', 100_000_000n, 101_000_000n, 5, prices, 'other'],
    ['shows too few decimals to tell', 100_000_000n, 100_000_000n, 1, prices, 'other'],
    ['fell by the second possible price', 700_000_000n, 45_000_000n, 5, [13_100_000n, 655_000_000n], 'charged'],
    ['was not read before', null, 1n, 5, prices, 'unread'],
    ['was not read after', 1n, null, 5, prices, 'unread'],
  ] as const)('%s', (_name, before, after, decimals, possible, kind) => {
    const verdict = judgeWallet({ before, after, decimals, prices: possible })
    expect(verdict.kind).toBe(kind)
    expect(verdict.sentence).not.toBe('')
  })
})
