import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  divideHalfEven,
  divideHalfUp,
  floorDivide,
  formatDecimals,
  formatExact,
  formatMoney,
  MAX_UNITS,
  parseMoney,
  unitsOf,
  unitsPerMinor,
} from '../../../src/domain/money/money.ts'

const amounts = fc.bigInt({ min: -MAX_UNITS, max: MAX_UNITS })

describe('parseMoney', () => {
  it.each([
    ['4.50', 450_000_000n, 2],
    ['0.27819', 27_819_000n, 5],
    ['-0.00002', -2000n, 5],
    ['+5', 500_000_000n, 0],
    ['.5', 50_000_000n, 1],
    ['5.', 500_000_000n, 0],
    ['1e-5', 1000n, 5],
    ['1.5E2', 15_000_000_000n, 0],
    ['  7.1 ', 710_000_000n, 1],
    ['-0', 0n, 0],
    ['92233720368.54775807', MAX_UNITS, 8],
  ])('reads %s exactly', (text, units, decimals) => {
    expect(parseMoney(text)).toEqual({ ok: true, units, decimals, rounded: false })
  })

  it('reads a vendor float of 52 decimals and does not call its noise a rounding', () => {
    const text = '1.9450000000000000621724893790087662637233734130859375'
    expect(parseMoney(text)).toEqual({ ok: true, units: 194_500_000n, decimals: 52, rounded: false })
  })

  it.each([
    ['0.000000005', 0n],
    ['0.000000015', 2n],
    ['-0.000000025', -2n],
  ])('rounds %s half-even at the eighth place and says so', (text, units) => {
    expect(parseMoney(text)).toMatchObject({ ok: true, units, rounded: true })
  })

  it.each([
    '',
    '  ',
    'abc',
    '1,5',
    '1.2.3',
    '.',
    '-',
    'NaN',
    'Infinity',
    '0x10',
    '1e9999',
    '92233720368.54775808',
    '1'.repeat(121),
  ])('gives a reason for "%s", never zero', (text) => {
    const parsed = parseMoney(text)
    expect(parsed.ok).toBe(false)
  })

  it('reads back whatever formatExact and formatMoney print', () => {
    fc.assert(
      fc.property(amounts, (units) => {
        expect(parseMoney(formatExact(units))).toMatchObject({ ok: true, units })
        expect(parseMoney(formatMoney(units))).toMatchObject({ ok: true, units })
      }),
    )
  })
})

describe('formatting', () => {
  it.each([
    [450_000_000n, '4.50', '4.50000000'],
    [27_819_000n, '0.27819', '0.27819000'],
    [-1n, '-0.00000001', '-0.00000001'],
    [0n, '0.00', '0.00000000'],
  ])('prints %s units as %s', (units, short, exact) => {
    expect(formatMoney(units)).toBe(short)
    expect(formatExact(units)).toBe(exact)
  })

  it('refuses to cut digits off', () => {
    expect(() => formatDecimals(1n, 2)).toThrow(RangeError)
    expect(formatDecimals(150_000_000n, 1)).toBe('1.5')
    expect(formatDecimals(500_000_000n, 0)).toBe('5')
  })

  it('knows minor units that are not cents', () => {
    expect([unitsPerMinor('USD'), unitsPerMinor('JPY'), unitsPerMinor('BHD')]).toEqual([
      1_000_000n,
      100_000_000n,
      100_000n,
    ])
  })
})

describe('division', () => {
  it.each([
    [5n, 2n, 2n, 3n, 2n],
    [7n, 2n, 4n, 4n, 3n],
    [-5n, 2n, -2n, -3n, -3n],
    [-7n, 2n, -4n, -4n, -4n],
    [1n, 3n, 0n, 0n, 0n],
  ])('%s / %s is %s half-even, %s half-up, %s floored', (n, d, even, up, floor) => {
    expect([divideHalfEven(n, d), divideHalfUp(n, d), floorDivide(n, d)]).toEqual([even, up, floor])
  })

  it('is never more than half a step away', () => {
    fc.assert(
      fc.property(amounts, fc.bigInt({ min: 1n, max: 10n ** 12n }), (n, d) => {
        for (const rounded of [divideHalfEven(n, d), divideHalfUp(n, d)]) {
          const off = (n - rounded * d) * 2n
          expect(off <= d && -off <= d).toBe(true)
        }
      }),
    )
  })
})

it.each(['', 'a lot', '1,00'])('never takes unreadable text that was kept, %j, for nothing', (text) => {
  expect(() => unitsOf(text)).toThrow('cannot be read')
  expect(unitsOf('1.5')).toBe(1_50000000n)
})
