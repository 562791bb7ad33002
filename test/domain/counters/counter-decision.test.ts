/** What a person may say about a held reading: each word with the reading it fits, and those it does not. */
import { describe, expect, it } from 'vitest'
import type { CounterFacts } from '../../../src/domain/counters/counter.ts'
import { acceptReading, type AcceptAs } from '../../../src/domain/counters/counter-decision.ts'
import { undoneDay, restatedRule } from '../../../src/domain/counters/counter-restatement.ts'
import { COUNTER_LIMITS, counterPolicy } from '../../../src/domain/counters/counter-policy.ts'

const PAYOUT = { key: 'payout:PP-1', reference: 'PP-1', amount: 150n, date: '2026-03-08' }

function facts(amount: bigint, changes: Partial<CounterFacts> = {}): CounterFacts {
  const previous = { amount: 500n, impressions: 1000n, clicks: 50n, atMs: 0 }
  const policy = counterPolicy(COUNTER_LIMITS, null)
  const about = {
    day: '2026-03-10',
    fromFile: false,
    days: 1,
    history: [],
    mode: 'lifetime' as const,
    payouts: [],
    returns: [],
    outlived: null,
    policy,
  }
  return { previous, accounted: 500n, next: { ...previous, amount }, ...about, ...changes }
}

const UNPAID = { mode: 'unpaid' as const, payouts: [PAYOUT] }

describe('acceptReading', () => {
  it.each([
    ['a fall as a clawback', facts(400n), 'clawback', { decision: { kind: 'fall', amount: 100n } }],
    ['a fall as a reset', facts(400n), 'reset', { kind: 'reset', jump: -100n }],
    ['a rise as real', facts(900n), 'spike-ok', { decision: { kind: 'rise', amount: 400n, rule: 'counter/rise' } }],
    ['a rise as a re-post', facts(900n), 'repost', { decision: { kind: 'rise', rule: 'counter/repost-up' } }],
    ['a spike under a payout', facts(900n - 150n, UNPAID), 'spike-ok', { decision: { amount: 250n, payouts: [] } }],
    ['a hidden rise by its payout', facts(510n, UNPAID), 'payout', { decision: { amount: 160n, payouts: [PAYOUT] } }],
    ['a fall of just the payout', facts(350n, UNPAID), 'payout', { decision: { kind: 'unchanged' } }],
    ['a payout not taken yet', facts(510n, UNPAID), 'spike-ok', { decision: { amount: 10n, payouts: [] } }],
    ['a rise over a taken payout', facts(400n, UNPAID), 'spike-ok', { decision: { amount: 50n, payouts: [PAYOUT] } }],
  ] as const)('books %s', (_name, given, as, expected) => {
    expect(acceptReading(given, as)).toMatchObject(expected)
  })

  it('books what was taken back beside a payout', () => {
    // 500 owed, 480 paid out, 25 taken back, 5 earned: 0.
    const due = { ...PAYOUT, amount: 480n }
    const accepted = acceptReading(facts(0n, { mode: 'unpaid', payouts: [due] }), 'payout', -20n)
    const decision = { kind: 'fall', amount: 20n, rule: 'counter/clawback' }
    expect(accepted).toMatchObject({ kind: 'book', decision, jump: -480n })
  })

  it.each<readonly [string, CounterFacts, AcceptAs, RegExp]>([
    ['a rise as a clawback', facts(900n), 'clawback', /did not fall \(\+0\.000004\)/],
    ['a fall as a spike', facts(400n), 'spike-ok', /did not rise \(−0\.000001\)/],
    ['a fall as a re-post', facts(400n), 'repost', /did not rise/],
    ['a spike where nothing moved', facts(500n), 'spike-ok', /did not move.*reject it/],
    ['a payout where none is known', facts(510n, { mode: 'unpaid' }), 'payout', /no payout is due/],
    ['a payout of a lifetime counter', facts(510n, { payouts: [PAYOUT] }), 'payout', /no payout is due/],
    ['a payout smaller than the fall', facts(100n, UNPAID), 'payout', /more than the payout PP-1/],
  ])('refuses %s', (_name, given, as, reason) => {
    const accepted = acceptReading(given, as)
    expect(accepted.kind === 'refused' ? accepted.reason : accepted.kind).toMatch(reason)
  })
})

describe('a correction', () => {
  const earlier = [
    { change: 521n, day: '2026-02-27' },
    { change: 300n, day: '2026-03-01' },
    { change: 300n, day: '2026-03-02' },
    { change: -90n, day: '2026-03-03' },
    { change: 777n, day: '2025-08-01' },
  ]

  it.each([
    ['undoes the one day with just that change', -521n, '2026-02-27'],
    ['gives back the one clawback of that amount', 90n, '2026-03-03'],
    ['is not linked when two days fit', -300n, null],
    ['is not linked to a day long ago', -777n, null],
    ['is not linked to an amount nobody booked', -522n, null],
  ])('%s', (_name, change, day) => {
    expect(undoneDay(change, '2026-03-10', earlier)).toBe(day)
  })

  it('is a restatement only of an earlier month', () => {
    expect(restatedRule('counter/clawback', '2026-03-10', '2026-02-27')).toBe('counter/restatement')
    expect(restatedRule('counter/clawback', '2026-03-10', '2026-03-03')).toBe('counter/clawback')
    expect(restatedRule('counter/clawback', '2026-03-10', null)).toBe('counter/clawback')
  })
})
