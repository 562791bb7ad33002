/** Short ways to write lines, items and policies for the tests of matching. */
import type { Matchable, MatchPolicy } from '../../../src/domain/matching/match.ts'
import { addDays } from '../../../src/domain/time/dates.ts'

const CENT = 1_000_000n

type More = Partial<Omit<Matchable, 'id' | 'amount' | 'date' | 'lastDate'>>

/** `cents` of an amount, on a day counted from 2026-01-01. */
export function line(id: string, cents: number, day: number, more: More = {}): Matchable {
  return matchable(id, cents, day, day, more)
}

/** An item that may be seen from one day to another. */
export function item(id: string, cents: number, from: number, to: number, more: More = {}): Matchable {
  return matchable(id, cents, from, to, more)
}

export function cents(amount: number): bigint {
  return BigInt(amount) * CENT
}

function matchable(id: string, amount: number, from: number, to: number, more: More): Matchable {
  return {
    id,
    amount: cents(amount),
    currency: 'USD',
    date: addDays('2026-01-01', from),
    lastDate: addDays('2026-01-01', to),
    references: [],
    words: [],
    partition: 'bank',
    ...more,
  }
}

/** What a book has that says nothing of its own, with one fee of 2.5 % and 0.30. */
export const POLICY: MatchPolicy = {
  toleranceUnits: 5n * CENT,
  toleranceBasisPoints: 50,
  subsetCandidates: 25,
  subsetSize: 25,
  feeRules: new Map([['bank', [{ name: 'card', share: 2_500_000n, flat: 30n * CENT, minorUnit: CENT }]]]),
  automatic: new Set(['reference', 'group', 'exact', 'fee', 'subset', 'tolerance']),
}
