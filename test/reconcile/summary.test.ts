/** A line that the engine would end twice must not stop the book: it ends where it came first, and a person is told. */
import { expect, it } from 'vitest'
import { endedTwice, summarise, type Outcome } from '../../src/pipeline/process/match-summary.ts'

const OUTCOME: Outcome = {
  made: [],
  matched: [],
  proposals: [],
  kept: [],
  undone: 0,
  unbooked: 0,
  found: {
    matches: [],
    ambiguities: [
      { step: 'exact', lines: ['1'], items: ['7'], alternatives: [], count: 2, counted: true, reason: 'two fit' },
    ],
    unmatchedLines: ['1', '2'],
    unmatchedItems: [],
    unsearched: [],
  },
  pool: { lines: new Map(), items: new Map() },
}

it('counts a line that ends twice once, where it came first, and names it', () => {
  const start = new Map(['1', '2'].map((id) => [id, { currency: 'USD', amount: 100n }]))
  const [dollars] = summarise('2026-03-09', start, OUTCOME).currencies
  expect(dollars?.endings).toMatchObject({
    ambiguous: { count: 1, in: '100', out: '0' },
    unmatched: { count: 1, in: '100', out: '0' },
  })
  expect(endedTwice(OUTCOME)).toMatchObject([{ code: 'AMBIGUOUS_MATCH', object: 'line:1' }])
})
