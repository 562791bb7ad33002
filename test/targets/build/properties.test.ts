/** Whatever the journal, its tags, its currency and the limit: what is built balances and changes no account's total. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unitsPerMinor } from '../../../src/domain/money/money.ts'
import { parseRate, type RateTable } from '../../../src/domain/money/rates.ts'
import type { RoundedLine } from '../../../src/domain/journals/rounding.ts'
import type { DimensionRule } from '../../../src/domain/journals/target-mapping.ts'
import { buildEntries, type BuildContext, type BuiltEntries } from '../../../src/targets/build/build-entries.ts'
import type { DimensionShare } from '../../../src/targets/build/dimensions.ts'
import { account, company, context, journal, mapping, place } from './support.ts'

const WALLETS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const KEYS = ['1310', '5100', '5190'].flatMap((code) => WALLETS.map((wallet) => `${code}:${wallet}`))
const TAGS = ['Growth', 'Reach', 'Other']

const rules: readonly DimensionRule[] = [
  { name: 'class', from: 'service', values: new Map(TAGS.map((tag) => [tag, tag])), fallback: null, accounts: null },
  { name: 'department', from: 'source', values: new Map([['a', 'A']]), fallback: null, accounts: null },
]

const places = mapping({
  accounts: new Map(KEYS.map((key) => [key, place(`Account ${key}`)])),
  dimensions: rules,
})
const bookkeeping = company({
  accounts: KEYS.map((key) => account(`id ${key}`, `Account ${key}`)),
  dimensions: [
    { name: 'class', values: TAGS.map((name) => ({ id: name, name, isActive: true })) },
    { name: 'department', values: [{ id: 'A', name: 'A', isActive: true }] },
  ],
})

interface Made {
  readonly lines: readonly RoundedLine[]
  readonly sums: ReadonlyMap<string, readonly DimensionShare[]>
}

/** Exact shares per account with tags; cents by hand that sum to zero, each within a unit of its exact amount or so. */
function madeFor(currency: string): fc.Arbitrary<Made> {
  const unit = unitsPerMinor(currency)
  const share = fc.record({
    service: fc.constantFrom('Growth', 'Reach', 'unlisted', null),
    client: fc.constant(null),
    exact: fc.bigInt({ min: -(unit * 5000n), max: unit * 5000n }),
  })
  const each = fc.tuple(fc.constantFrom(...KEYS), fc.array(share, { minLength: 1, maxLength: 5 }))
  return fc.uniqueArray(each, { minLength: 2, maxLength: 20, selector: ([key]) => key }).map((accounts) => {
    const raw = accounts.map(([key, shares]) => ({ key, exact: shares.reduce((sum, one) => sum + one.exact, 0n) }))
    const rounded = raw.map(({ exact }) => (exact / unit) * unit)
    const rest = rounded.slice(1).reduce((sum, amount) => sum - amount, 0n)
    const lines = raw.map(({ key, exact }, index) => ({
      account: key,
      exact,
      rounded: index === 0 ? rest : (rounded[index] ?? 0n),
    }))
    return { lines, sums: new Map(accounts.filter(([key]) => !key.startsWith('1310'))) }
  })
}

const rate = parseRate('0.7512345678')
if (rate === null) throw new Error('a rate')
const rates: RateTable = {
  file: 'rates.csv',
  maxAgeDays: 7,
  pairs: new Map(['EUR', 'JPY'].map((from) => [`${from}/USD`, [{ date: '2026-11-05', from, to: 'USD', ...rate }]])),
}

function built(made: Made, currency: string, more: Partial<BuildContext>): BuiltEntries {
  const within = context({ mapping: places, company: bookkeeping, dimensionSums: made.sums, rates, ...more })
  return buildEntries(journal({ currency, lines: made.lines }), within)
}

const limits = fc.integer({ min: 2, max: 12 })

describe('any journal', () => {
  it.each(['USD', 'EUR', 'JPY'])('in %s keeps the total of every account over all its parts', (currency) => {
    fc.assert(
      fc.property(madeFor(currency), limits, (made, linesPerEntry) => {
        const target = { type: 'quickbooks' as const, linesPerEntry }
        const result = built(made, currency, { target })
        expect(built(made, currency, { target })).toEqual(result)
        if (!result.ok) return expect(result.code).toBe('DELIVERY_FAILED')
        for (const { account: key, rounded } of made.lines) {
          const lines = result.entries.flatMap((entry) => entry.lines).filter((line) => line.account === `id ${key}`)
          expect(lines.reduce((sum, { amount }) => sum + amount, 0n)).toBe(rounded)
        }
        return expectWhole(result, linesPerEntry, unitsPerMinor(currency))
      }),
    )
  })

  it.each(['EUR', 'JPY'])('in %s balances to the cent in the base currency', (currency) => {
    fc.assert(
      fc.property(madeFor(currency), limits, (made, linesPerEntry) => {
        const result = built(made, currency, { target: { type: 'xero', linesPerEntry } })
        if (!result.ok) return expect(result.code).toBe('DELIVERY_FAILED')
        expect(result.entries.every((entry) => entry.currency === 'USD' && entry.exchangeRate === null)).toBe(true)
        return expectWhole(result, linesPerEntry, unitsPerMinor('USD'))
      }),
    )
  })
})

function expectWhole({ entries }: Extract<BuiltEntries, { ok: true }>, limit: number, unit: bigint): void {
  expect(new Set(entries.map(({ document }) => document)).size).toBe(entries.length)
  for (const { document, memo, lines } of entries) {
    expect(document.length).toBeLessThanOrEqual(21)
    expect(memo.startsWith(`${document} `)).toBe(true)
    expect(lines.length).toBeLessThanOrEqual(limit)
    expect(lines.reduce((sum, { amount }) => sum + amount, 0n)).toBe(0n)
    expect(lines.every(({ amount }) => amount !== 0n && amount % unit === 0n)).toBe(true)
  }
}
