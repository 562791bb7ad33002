/** The decision table of a counter, row by row: what is booked, by which rule, and what waits for a person. */
import { describe, expect, it } from 'vitest'
import { decideCounter, type CounterFacts, type CounterReading } from '../../../src/domain/counters/counter.ts'
import { COUNTER_LIMITS, counterPolicy } from '../../../src/domain/counters/counter-policy.ts'
import type { KnownPayout } from '../../../src/domain/counters/counter-payout.ts'
import type { PastChange } from '../../../src/domain/counters/counter-spike.ts'

const CENT = 1_000_000n
const DOLLAR = 100n * CENT

function reading(amount: bigint, impressions: bigint | null = 1000n, clicks: bigint | null = 50n): CounterReading {
  return { amount: amount * CENT, impressions, clicks, atMs: 0 }
}

/** Amounts in cents; the last accepted reading is 500.00 at 1000 impressions and 50 clicks. */
function facts(next: CounterReading, changes: Partial<CounterFacts> = {}): CounterFacts {
  const previous = reading(50_000n)
  return {
    previous,
    accounted: previous.amount,
    next,
    day: '2026-03-10',
    fromFile: false,
    days: 1,
    history: [],
    mode: 'lifetime',
    payouts: [],
    returns: [],
    outlived: null,
    policy: counterPolicy(COUNTER_LIMITS, 25n * DOLLAR),
    ...changes,
  }
}

function rises(...dollars: readonly number[]): readonly PastChange[] {
  return dollars.map((each) => ({ amount: BigInt(each) * DOLLAR, days: 1, impressions: 100n, clicks: 5n }))
}

function payout(cents: bigint, date = '2026-03-08', reference = 'PP-1'): KnownPayout {
  return { key: `payout:${reference}`, reference, amount: cents * CENT, date }
}

const STEADY = rises(5, 5, 5, 5, 5)
const UNPAID = { mode: 'unpaid' as const }

interface Row {
  readonly name: string
  readonly facts: CounterFacts
  readonly expected: Readonly<Record<string, unknown>>
}

const TABLE: readonly Row[] = [
  {
    name: 'books a rise',
    facts: facts(reading(50_200n, 1100n)),
    expected: { kind: 'rise', amount: 2n * DOLLAR, rule: 'counter/rise' },
  },
  {
    name: 'books a rise while only clicks moved',
    facts: facts(reading(50_200n, 1000n, 51n)),
    expected: { kind: 'rise', rule: 'counter/rise' },
  },
  {
    name: 'marks a rise without any traffic as re-posted',
    facts: facts(reading(52_500n)),
    expected: { kind: 'rise', amount: 25n * DOLLAR, rule: 'counter/repost-up' },
  },
  {
    name: 'holds a rise without traffic above the limit',
    facts: facts(reading(52_501n)),
    expected: { kind: 'held', code: 'COUNTER_REPOST', amount: 2501n * CENT },
  },
  {
    name: 'books a fall while traffic grows as a clawback',
    facts: facts(reading(47_500n, 1100n, 60n)),
    expected: { kind: 'fall', amount: 25n * DOLLAR, rule: 'counter/clawback' },
  },
  {
    name: 'books a fall while traffic stands as a clawback',
    facts: facts(reading(49_999n)),
    expected: { kind: 'fall', amount: CENT },
  },
  {
    name: 'holds a clawback above the limit',
    facts: facts(reading(47_499n, 1100n)),
    expected: { kind: 'held', code: 'COUNTER_DECREASE', amount: -2501n * CENT },
  },
  {
    name: 'holds a fall of a large share of the counter though no amount is set',
    facts: facts(reading(40_000n, 1100n), { policy: counterPolicy(COUNTER_LIMITS, null) }),
    expected: { kind: 'held', code: 'COUNTER_DECREASE', reason: expect.stringContaining('20 %') },
  },
  {
    name: 'books a fall just under that share',
    facts: facts(reading(40_001n, 1100n), { policy: counterPolicy(COUNTER_LIMITS, null) }),
    expected: { kind: 'fall' },
  },
  {
    name: 'holds a fall that took impressions with it',
    facts: facts(reading(49_900n, 900n)),
    expected: { kind: 'held', code: 'COUNTER_DECREASE', reason: expect.stringContaining('impressions') },
  },
  {
    name: 'holds what was read years after the last accepted reading, whatever it shows',
    facts: facts(reading(50_000n, 1100n), { days: 401 }),
    expected: { kind: 'held', code: 'COUNTER_CLOCK', reason: expect.stringContaining('401 days') },
  },
  {
    name: 'books a rise of just the days a clock is believed for',
    facts: facts(reading(50_200n, 1100n), { days: 400 }),
    expected: { kind: 'rise' },
  },
  {
    name: 'believes the distance to an opening that a file states',
    facts: facts(reading(50_200n, 1100n), { days: 900, fromFile: true }),
    expected: { kind: 'rise' },
  },
  {
    name: 'holds what was read before the last accepted reading',
    facts: facts({ ...reading(50_200n, 1100n), atMs: -3_600_001 }),
    expected: { kind: 'held', code: 'COUNTER_CLOCK', amount: 2n * DOLLAR },
  },
  {
    name: 'books what a clock set back by an hour reads',
    facts: facts({ ...reading(50_200n, 1100n), atMs: -3_600_000 }),
    expected: { kind: 'rise' },
  },
  {
    name: 'holds everything falling together as a reset',
    facts: facts(reading(0n, 0n, 0n)),
    expected: { kind: 'held', code: 'COUNTER_RESET', amount: -500n * DOLLAR },
  },
  {
    name: 'holds a rise over falling traffic, since the account may be another',
    facts: facts(reading(50_100n, 10n, 1n)),
    expected: { kind: 'held', code: 'COUNTER_RESET', amount: DOLLAR },
  },
  {
    name: 'leaves an unchanged counter alone',
    facts: facts(reading(50_000n, 1200n)),
    expected: { kind: 'unchanged' },
  },
  {
    name: 'counts day totals booked from files as already accounted for',
    facts: facts(reading(56_000n, 1200n), { accounted: 559n * DOLLAR }),
    expected: { kind: 'rise', amount: DOLLAR },
  },
  {
    name: 'compares nothing with unknown traffic of an opening',
    facts: facts(reading(50_100n), { previous: reading(50_000n, null, null) }),
    expected: { kind: 'rise', rule: 'counter/rise' },
  },
  {
    name: 'holds a rise above five times the median of five rises',
    facts: facts(reading(52_501n, 1100n), { history: STEADY }),
    expected: { kind: 'held', code: 'COUNTER_SPIKE', reason: expect.stringContaining('5 times the median of 5.00') },
  },
  {
    name: 'books a rise of just five times the median',
    facts: facts(reading(52_500n, 1500n, 75n), { history: STEADY }),
    expected: { kind: 'rise', amount: 25n * DOLLAR },
  },
  {
    name: 'calls nothing a spike before there are five rises',
    facts: facts(reading(90_000n, 9000n, 900n), { history: STEADY.slice(1) }),
    expected: { kind: 'rise' },
  },
  {
    name: 'measures a rise over missed days by the day',
    facts: facts(reading(53_500n, 1700n, 85n), { history: STEADY, days: 7 }),
    expected: { kind: 'rise' },
  },
  {
    name: 'holds earnings per impression far over their median',
    facts: facts(reading(50_500n, 1005n, 55n), { history: STEADY }),
    expected: { kind: 'held', code: 'COUNTER_SPIKE', reason: expect.stringContaining('per impression') },
  },
  {
    name: 'books a low rate that a clawback of the same day leaves',
    facts: facts(reading(50_040n, 1100n, 55n), { history: STEADY }),
    expected: { kind: 'rise', amount: 40n * CENT },
  },
  {
    name: 'holds a low rate when what is missing is about a payout',
    facts: facts(reading(50_040n, 1100n, 55n), { history: STEADY, payouts: [payout(460n)] }),
    expected: { kind: 'held', code: 'COUNTER_SPIKE', reason: expect.stringContaining('per impression') },
  },
  {
    name: 'holds earnings per click far under their median',
    facts: facts(reading(50_500n, 1100n, 150n), { history: STEADY }),
    expected: { kind: 'held', code: 'COUNTER_SPIKE', reason: expect.stringContaining('per click') },
  },
  {
    name: 'asks whether a fall of just a payout means an unpaid balance',
    facts: facts(reading(35_000n, 1100n), { payouts: [payout(15_000n)] }),
    expected: { kind: 'held', code: 'COUNTER_UNPAID', reason: expect.stringContaining('PP-1') },
  },
  {
    name: 'asks the same about a payout and a fee',
    facts: facts(reading(34_700n, 1100n), { payouts: [payout(15_000n)] }),
    expected: { kind: 'held', code: 'COUNTER_UNPAID' },
  },
  {
    name: 'asks the same about a payout less what was earned meanwhile',
    facts: facts(reading(36_000n, 1100n), { payouts: [payout(15_000n)], history: STEADY }),
    expected: { kind: 'held', code: 'COUNTER_UNPAID' },
  },
  {
    name: 'takes a small fall near a payout for the clawback it is',
    facts: facts(reading(49_000n, 1100n), { payouts: [payout(15_000n)] }),
    expected: { kind: 'fall', amount: 10n * DOLLAR },
  },
  {
    name: 'books what an unpaid balance earned while a payout lowered it',
    facts: facts(reading(35_700n, 1100n), { ...UNPAID, payouts: [payout(15_000n)] }),
    expected: { kind: 'rise', amount: 7n * DOLLAR, payouts: [{ reference: 'PP-1' }] },
  },
  {
    name: 'books nothing when the payout is the whole fall',
    facts: facts(reading(35_000n, 1100n), { ...UNPAID, payouts: [payout(15_000n)] }),
    expected: { kind: 'unchanged', payouts: [{ reference: 'PP-1' }] },
  },
  {
    name: 'uses no more payouts than the fall needs, the oldest first',
    facts: facts(reading(35_700n, 1100n), {
      ...UNPAID,
      payouts: [payout(15_000n), payout(6_000n, '2026-03-09', 'PP-2')],
    }),
    expected: { kind: 'rise', amount: 7n * DOLLAR, payouts: [{ reference: 'PP-1' }] },
  },
  {
    name: 'holds the fall of an unpaid balance that no payout explains',
    facts: facts(reading(49_900n, 1100n), UNPAID),
    expected: { kind: 'held', code: 'COUNTER_DECREASE', amount: -DOLLAR },
  },
  {
    name: 'asks about a small fall near a payout, which may be a clawback before the payout was taken',
    facts: facts(reading(49_000n, 1100n), { ...UNPAID, payouts: [payout(15_000n)] }),
    expected: { kind: 'held', code: 'COUNTER_UNPAID', amount: -10n * DOLLAR, reason: expect.stringContaining('PP-1') },
  },
  {
    name: 'asks the same when what is usual is known and would be exceeded',
    facts: facts(reading(49_000n, 1100n), { ...UNPAID, payouts: [payout(2_500n)], history: STEADY }),
    expected: { kind: 'held', code: 'COUNTER_UNPAID' },
  },
  {
    name: 'takes a small fall for a payout that leaves no more than twice what is usual',
    facts: facts(reading(49_000n, 1100n), { ...UNPAID, payouts: [payout(2_000n)], history: STEADY }),
    expected: { kind: 'rise', amount: 10n * DOLLAR, payouts: [{ reference: 'PP-1' }] },
  },
  {
    name: 'asks when a payout is due and the unpaid balance did not fall',
    facts: facts(reading(50_700n, 1100n), { ...UNPAID, payouts: [payout(15_000n)] }),
    expected: { kind: 'held', code: 'COUNTER_UNPAID' },
  },
  {
    name: 'knows that a payout was not taken yet when it would hide a spike',
    facts: facts(reading(50_700n, 1100n, 55n), { ...UNPAID, payouts: [payout(15_000n)], history: STEADY }),
    expected: { kind: 'rise', amount: 7n * DOLLAR, payouts: [] },
  },
  {
    name: 'does not wait for a payout of a later day',
    facts: facts(reading(50_700n, 1100n), { ...UNPAID, payouts: [payout(15_000n, '2026-03-11')] }),
    expected: { kind: 'rise', amount: 7n * DOLLAR },
  },
]

describe('decideCounter', () => {
  it('takes the first reading as the baseline and books nothing', () => {
    expect(decideCounter(facts(reading(415n), { previous: null, accounted: 0n })).kind).toBe('baseline')
  })

  it.each(TABLE)('$name', (row) => {
    expect(decideCounter(row.facts)).toMatchObject(row.expected)
  })

  it('replays settings from before there were limits as they were', () => {
    const policy = counterPolicy(null, null)
    for (const next of [reading(90_000n), reading(50_100n, 10n, 1n)]) {
      expect(decideCounter(facts(next, { policy, history: STEADY }))).toMatchObject({ kind: 'rise' })
    }
    expect(decideCounter(facts(reading(0n), { policy }))).toMatchObject({ kind: 'fall', amount: 500n * DOLLAR })
  })
})
