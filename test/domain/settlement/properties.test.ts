import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { desiredEntries } from '../../../src/domain/settlement/entry-kind.ts'
import { settleMatch } from '../../../src/domain/settlement/settle.ts'
import type { SettledItem, SettledLine, SettledMatch } from '../../../src/domain/settlement/settlement.ts'
import { shareTaken, takenOf } from '../../../src/domain/settlement/taken.ts'
import { balances, item, line, withRates } from './support.ts'
import { valuedConversion } from './valued-conversion.ts'

const CENT = 1_000_000n
const cents = fc.bigInt({ min: 1n, max: 50_000_000n }).map((count) => count * CENT)

/** Lines and items that come to the same, cut in different places. */
const sameTotals = fc
  .tuple(fc.array(cents, { minLength: 1, maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 4 }))
  .map(([amounts, cuts]) => {
    const total = amounts.reduce((sum, amount) => sum + amount, 0n)
    const at = [...new Set(cuts.map((cut) => (total * BigInt(cut)) / 100n))]
      .filter((each) => each > 0n && each < total)
      .toSorted((a, b) => (a < b ? -1 : 1))
    const edges = [0n, ...at, total]
    const lines = edges.slice(1).map((edge, index) => edge - (edges[index] ?? 0n))
    return { amounts, lines, total }
  })

function linesOf(amounts: readonly bigint[]): readonly SettledLine[] {
  return amounts.map((amount, index) => line('1', { id: String(index), amount }))
}

function itemsOf(amounts: readonly bigint[]): readonly SettledItem[] {
  return amounts.map((amount, index) => item('payout', '1', { id: String(index), amount, source: `net-${index % 2}` }))
}

function accounts(match: SettledMatch): ReadonlyMap<string, bigint> {
  const settlement = settleMatch(match, withRates({}))
  if (settlement.kind === 'unsettled') throw new Error(settlement.reason)
  let sums: ReadonlyMap<string, bigint> = new Map()
  for (const { id } of match.lines) sums = balances(settlement.totals.get(id) ?? [], '1050:paypal', 'USD', sums)
  return sums
}

describe('any match of lines and payouts', () => {
  it('moves the account by its lines, settles each vendor by its items, and leaves nothing else', () => {
    fc.assert(
      fc.property(sameTotals, ({ amounts, lines, total }) => {
        const items = itemsOf(amounts)
        const sums = accounts({ lines: linesOf(lines), items, step: 'reference', difference: { kind: 'none' } })
        expect(sums.get('1050:paypal')).toBe(total)
        for (const source of new Set(items.map((each) => each.source))) {
          const owed = items.filter((each) => each.source === source).reduce((sum, each) => sum + each.amount, 0n)
          expect(sums.get(`1110:${source}`)).toBe(-owed)
        }
        expect([...sums.values()].reduce((sum, amount) => sum + amount, 0n)).toBe(0n)
      }),
    )
  })

  it('settles each line by itself for just what it moved', () => {
    fc.assert(
      fc.property(sameTotals, ({ amounts, lines }) => {
        const match: SettledMatch = {
          lines: linesOf(lines),
          items: itemsOf(amounts),
          step: 'reference',
          difference: { kind: 'none' },
        }
        const settlement = settleMatch(match, withRates({}))
        if (settlement.kind === 'unsettled') throw new Error(settlement.reason)
        for (const each of match.lines) {
          const own = balances(settlement.totals.get(each.id) ?? [], '1050:paypal')
          expect(own.get('1050:paypal')).toBe(each.amount)
        }
      }),
    )
  })

  it('of another currency settles every item whole, whatever lines share it, and leaves the conversion account at nothing', () => {
    const rates = withRates({ 'EUR/USD 2026-03-20': '1.0843' })
    fc.assert(
      fc.property(sameTotals, fc.array(cents, { minLength: 1, maxLength: 5 }), ({ amounts }, received) => {
        const items = itemsOf(amounts)
        const lines = linesOf(received).map((each) => ({ ...each, currency: 'EUR' }))
        // The amounts have nothing to do with each other, as only a person may say.
        const match: SettledMatch = { lines, items, step: 'decision', difference: { kind: 'written-off' } }
        const settlement = settleMatch(match, rates)
        if (settlement.kind === 'unsettled') throw new Error(settlement.reason)
        let sums: ReadonlyMap<string, bigint> = new Map()
        for (const { id } of lines) {
          sums = balances(settlement.totals.get(id) ?? [], '1050:paypal', 'EUR', sums)
          const posts = desiredEntries(settlement.totals.get(id) ?? [], 'EUR')
          expect(posts.get('conversion-in')).toBe(lines.find((each) => each.id === id)?.amount)
        }
        for (const source of new Set(items.map((each) => each.source))) {
          const owed = items.filter((each) => each.source === source).reduce((sum, each) => sum + each.amount, 0n)
          expect(sums.get(`1110:${source}`)).toBe(-owed)
        }
        const posted = lines.map(({ id, currency, date }) => {
          return { currency, date, posts: desiredEntries(settlement.totals.get(id) ?? [], currency) }
        })
        expect(valuedConversion(posted, items, rates)).toBe(0n)
      }),
    )
  })

  it.each(['written-off'] as const)('books a difference as %s and still settles items and lines whole', (kind) => {
    fc.assert(
      fc.property(sameTotals, fc.bigInt({ min: -4n, max: 4n }), ({ amounts, total }, off) => {
        const items = itemsOf(amounts)
        const paid = total - off * CENT
        fc.pre(paid > 0n)
        const sums = accounts({ lines: linesOf([paid]), items, step: 'decision', difference: { kind } })
        const owed = items.reduce((sum, each) => sum + each.amount, 0n)
        const settled = [...sums]
          .filter(([key]) => key.startsWith('1110'))
          .reduce((sum, [, amount]) => sum + amount, 0n)
        expect(sums.get('1050:paypal')).toBe(paid)
        expect(settled).toBe(-owed)
      }),
    )
  })
})

describe('what is taken', () => {
  it('is shared out without a remainder, and never negatively', () => {
    const part = fc.record({
      kind: fc.constantFrom('withholding' as const, 'payout-fee' as const),
      basisPoints: fc.integer({ min: 0, max: 3000 }),
      flat: fc.bigInt({ min: 0n, max: 500n }).map((count) => count * CENT),
    })
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 3 }),
        cents,
        fc.bigInt({ min: -1n, max: 1n }),
        (parts, amount, off) => {
          const difference = parts.reduce((sum, each) => sum + takenOf(each, amount, 'USD'), 0n) + off * CENT
          const shares = shareTaken(difference, parts, amount, 'USD')
          if (shares === null) {
            expect(off).toBe(-1n)
            return
          }
          expect(shares.reduce((sum, share) => sum + share.amount, 0n)).toBe(difference)
          expect(shares.every((share) => share.amount >= 0n)).toBe(true)
        },
      ),
    )
  })
})
