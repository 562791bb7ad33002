import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_RATES, parseRate, type Rate, type RateTable } from '../../../src/domain/money/rates.ts'
import { buildEntries, type BuildContext } from '../../../src/targets/build/build-entries.ts'
import { convertLines } from '../../../src/targets/build/convert.ts'
import { account, cents, company, context, journal, mapping, place } from './support.ts'

function rate(text: string, date = '2026-11-05'): Rate {
  const parsed = parseRate(text)
  if (parsed === null) throw new Error(text)
  return { date, from: 'EUR', to: 'USD', ...parsed }
}

const rates: RateTable = { file: 'rates.csv', maxAgeDays: 7, pairs: new Map([['EUR/USD', [rate('1.0842')]]]) }
const euros = journal({ currency: 'EUR' })

const xero: Partial<BuildContext> = {
  target: { type: 'xero', linesPerEntry: 100 },
  mapping: mapping({
    file: 'mappings/xero.yaml',
    accounts: new Map([...mapping().accounts].map(([key]) => [key, place(key, { by: 'code' })] as const)),
  }),
  company: company({
    multiCurrency: false,
    accounts: ['1310', '5100', '5190'].map((code) => account(code, `Account ${code}`, { code })),
  }),
}

describe('a journal in a foreign currency', () => {
  it('goes to QuickBooks as it is, with the rate as it was written', () => {
    const built = buildEntries(euros, context({ rates }))
    expect(built).toMatchObject({ ok: true, entries: [{ currency: 'EUR', exchangeRate: '1.0842' }] })
  })

  it('goes to Xero in the base currency, balanced, with the original amounts in the descriptions', () => {
    const built = buildEntries(euros, context({ ...xero, rates }))
    expect(built.ok && built.entries[0]).toMatchObject({ currency: 'USD', exchangeRate: null })
    expect(
      built.ok && built.entries[0]?.lines.map(({ account: code, amount, description }) => [code, amount, description]),
    ).toEqual([
      ['1310', cents(-1338), 'Prepaid - SMM panel wallet, netpanel [-12.34 EUR at 1.0842]'],
      ['5100', cents(1410), 'SMM services cost, netpanel [13.00 EUR at 1.0842]'],
      ['5190', cents(-72), 'SMM refunds, netpanel [-0.66 EUR at 1.0842]'],
    ])
  })

  it('is held without a rate, which is never assumed', () => {
    const late = { ...euros, day: '2026-11-13', documentDate: '2026-11-13' }
    expect(buildEntries(late, context({ rates }))).toEqual({
      ok: false,
      code: 'CURRENCY',
      reason:
        'ACME-20261105-1 needs the rate from EUR to USD for 2026-11-13, and rates.csv has none of that day or the 7 days before. ' +
        'Add a line "2026-11-13,EUR,USD,RATE".',
    })
    expect(buildEntries(late, context({ rates: NO_RATES }))).toMatchObject({
      reason: expect.stringMatching(/and the configuration names no rates file\. Name one with a line "2026-11-13/),
    })
  })

  it('is held when the company keeps one currency alone', () => {
    const built = buildEntries(euros, context({ rates, company: company({ multiCurrency: false }) }))
    expect(built).toMatchObject({ ok: false, code: 'CURRENCY' })
  })
})

describe('lines converted by a rate', () => {
  const balanced = fc
    .array(fc.bigInt({ min: -1_000_000n, max: 1_000_000n }), { minLength: 1, maxLength: 40 })
    .map((amounts) =>
      [...amounts, -amounts.reduce((sum, amount) => sum + amount, 0n)].filter((amount) => amount !== 0n),
    )
    .filter((amounts) => amounts.length > 0)
  const texts = fc
    .tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 999_999 }))
    .map(([whole, part]) => `${whole}.${String(part).padStart(6, '0')}`)

  it('balance to the cent, and each is less than a cent from its exact value', () => {
    fc.assert(
      fc.property(balanced, texts, (amounts, text) => {
        const by = rate(text)
        const lines = amounts.map((amount, index) => ({
          account: String(index),
          amount: cents(amount),
          description: '',
          dimensions: [],
          entity: null,
        }))
        const converted = convertLines(lines, by)
        expect(converted.reduce((sum, { amount }) => sum + amount, 0n)).toBe(0n)
        const scale = 10n ** BigInt(by.decimals)
        for (const { account: index, amount } of converted) {
          const away = amount * scale - (lines[Number(index)]?.amount ?? 0n) * by.scaled
          expect(away < cents(1) * scale && away > -cents(1) * scale).toBe(true)
          expect(amount % cents(1)).toBe(0n)
        }
      }),
    )
  })
})
