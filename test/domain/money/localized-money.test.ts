import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detectDecimalFormat, parseLocalizedMoney } from '../../../src/domain/money/localized-money.ts'
import { formatMoney } from '../../../src/domain/money/money.ts'

describe('detectDecimalFormat', () => {
  it.each([
    [['4.626,81'], ','],
    [['4,626.81'], '.'],
    [['1.234.567'], ','],
    [['1,234', '0.5'], '.'],
    [['1,234', '7,5'], ','],
    [['0,278'], ','],
    [['1234,567'], ','],
    [['1 234,567'], ','],
    [["1'234.50"], '.'],
    [['12', '5', ''], null],
    [['-€1.234,50', '$5'], ','],
  ])('%j has the decimal mark %s', (samples, decimal) => {
    expect(detectDecimalFormat(samples)).toEqual({ ok: true, format: { decimal } })
  })

  it.each([[['1,234']], [['1.234', '12.345', '7']], [['1,5', '1.5']]])('does not guess %j', (samples) => {
    expect(detectDecimalFormat(samples)).toMatchObject({ ok: false })
  })
})

describe('parseLocalizedMoney', () => {
  it.each([
    ['4.626,81', ',', '4626.81'],
    ['4,626.81', '.', '4626.81'],
    ['1 234,50', ',', '1234.50'],
    ['1\u00a0234,50', ',', '1234.50'],
    ['1\u202f234\u2009567,5', ',', '1234567.50'],
    ["1'234.50", '.', '1234.50'],
    ['1’234.50', '.', '1234.50'],
    ['12,34,567.89', '.', '1234567.89'],
    ['₹ 1,234.50', '.', '1234.50'],
    ['Rs. 1,234.50', '.', '1234.50'],
    ['USD 5.00', '.', '5.00'],
    ['5,00 EUR', ',', '5.00'],
    ['US$5', '.', '5.00'],
    ['-$5.25', '.', '-5.25'],
    ['$-5.25', '.', '-5.25'],
    ['−5,25 €', ',', '-5.25'],
    ['5,25-', ',', '-5.25'],
    ['CHF 12.-', '.', '12.00'],
    ['12,–', ',', '12.00'],
    ['-12.-', '.', '-12.00'],
    ['5.25- USD', '.', '-5.25'],
    ['(1,234.50)', '.', '-1234.50'],
    ['($5)', '.', '-5.00'],
    ['+5.1', '.', '5.10'],
    ['1,234', '.', '1234.00'],
    ['1,234', ',', '1.234'],
    ['.5', '.', '0.50'],
    ['5.0E-5', '.', '0.00005'],
    ['7', null, '7.00'],
  ] as const)('reads "%s" with the decimal mark %s as %s', (text, decimal, expected) => {
    const parsed = parseLocalizedMoney(text, { decimal })
    expect(parsed.ok && formatMoney(parsed.units)).toBe(expected)
  })

  it.each([
    ['', '.'],
    ['-', '.'],
    ['abc', '.'],
    ['1,23', '.'],
    ['1.23.4', ','],
    ['12,34,56', '.'],
    ['1,234.5,6', '.'],
    ['(-5)', '.'],
    ['--5', '.'],
    ['5.1', null],
    ['1,234', null],
    ['5 10', '.'],
  ] as const)('gives a reason for "%s" with the decimal mark %s', (text, decimal) => {
    expect(parseLocalizedMoney(text, { decimal }).ok).toBe(false)
  })

  const writings = [
    { group: ',', decimal: '.' },
    { group: '.', decimal: ',' },
    { group: '\u00a0', decimal: ',' },
    { group: "'", decimal: '.' },
    { group: '', decimal: ',' },
  ] as const

  it('reads back every way of writing an amount, and finds the mark by itself when one amount tells', () => {
    const amount = fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }).map((units) => units * 10n)
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1 }), fc.constantFrom(...writings), (amounts, { group, decimal }) => {
        const texts = amounts.map((units) => {
          const [whole = '', fraction = ''] = formatMoney(units).split('.')
          return whole.replaceAll(/\B(?=(\d{3})+$)/g, group) + decimal + fraction
        })
        for (const [index, text] of texts.entries()) {
          expect(parseLocalizedMoney(text, { decimal })).toMatchObject({ ok: true, units: amounts[index] })
        }
        expect(detectDecimalFormat([...texts, `0${decimal}50`])).toEqual({ ok: true, format: { decimal } })
      }),
    )
  })
})
