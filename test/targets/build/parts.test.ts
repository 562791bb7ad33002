import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { partDocuments, splitIntoParts } from '../../../src/targets/build/parts.ts'

interface Line {
  readonly name: string
  readonly amount: bigint
}

/** Lines that sum to zero, none of them zero. */
const balanced = fc
  .array(
    fc.bigInt({ min: -500n, max: 500n }).filter((amount) => amount !== 0n),
    { minLength: 1, maxLength: 60 },
  )
  .map((amounts) => {
    const rest = amounts.reduce((sum, amount) => sum - amount, 0n)
    return [...amounts, ...(rest === 0n ? [] : [rest])].map((amount, index): Line => ({ name: `L${index}`, amount }))
  })
const limits = fc.integer({ min: 2, max: 12 })

const sum = (lines: readonly Line[]): bigint => lines.reduce((total, { amount }) => total + amount, 0n)

describe('an entry split into parts', () => {
  it('balances in every part, within the limit, and keeps every line to the unit', () => {
    fc.assert(
      fc.property(balanced, limits, (lines, limit) => {
        const parts = splitIntoParts(lines, limit)
        for (const part of parts) {
          expect(part.length).toBeGreaterThanOrEqual(2)
          expect(part.length).toBeLessThanOrEqual(limit)
          expect(sum(part)).toBe(0n)
          expect(part.some(({ amount }) => amount === 0n)).toBe(false)
        }
        for (const { name, amount } of lines) {
          const pieces = parts.flat().filter((line) => line.name === name)
          expect(sum(pieces)).toBe(amount)
          expect(pieces.every((piece) => piece.amount > 0n === amount > 0n)).toBe(true)
        }
        expect(splitIntoParts(lines, limit)).toEqual(parts)
      }),
    )
  })

  it('is left alone when it fits', () => {
    const lines = [
      { name: 'a', amount: 5n },
      { name: 'b', amount: -5n },
    ]
    expect(splitIntoParts(lines, 2)).toEqual([lines])
    expect(splitIntoParts([], 2)).toEqual([])
  })

  it('cuts the line at the boundary in two', () => {
    const lines = [
      { name: 'wallet', amount: -10n },
      { name: 'a', amount: 4n },
      { name: 'b', amount: 6n },
    ]
    expect(splitIntoParts(lines, 2)).toEqual([
      [
        { name: 'wallet', amount: -4n },
        { name: 'a', amount: 4n },
      ],
      [
        { name: 'wallet', amount: -6n },
        { name: 'b', amount: 6n },
      ],
    ])
  })
})

describe('the documents of parts', () => {
  it.each([
    ['one part is the document itself', 'ACME-20261105-1', 1, ['ACME-20261105-1']],
    ['parts are numbered', 'ACME-20261105-1', 2, ['ACME-20261105-1.1', 'ACME-20261105-1.2']],
    [
      'hyphens go where they are in the way',
      'ACMEACME-20261105-12',
      2,
      ['ACMEACME2026110512.1', 'ACMEACME2026110512.2'],
    ],
    ['what does not fit is refused', 'ACMEACME-20261105-123', 10, null],
  ])('%s', (_, document, count, expected) => {
    expect(partDocuments(document, count)).toEqual(expected)
  })

  it('are unique and at most 21 characters long', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Z]{1,8}$/),
        fc.integer({ min: 1, max: 999 }),
        limits,
        (name, number, count) => {
          const documents = partDocuments(`${name}-20261105-${number}`, count)
          if (documents === null) return
          expect(new Set(documents).size).toBe(count)
          expect(documents.every((document) => document.length <= 21)).toBe(true)
        },
      ),
    )
  })
})
