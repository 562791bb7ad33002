import { describe, expect, it } from 'vitest'
import { decideCounter, type CounterReading } from '../../src/domain/counter.ts'

function reading(amount: bigint, impressions = 1000n, clicks = 50n): CounterReading {
  return { amount, impressions, clicks, atMs: 0 }
}

const FREE = { reviewAbove: null }

describe('decideCounter', () => {
  it('takes the first reading as the baseline and books nothing', () => {
    expect(decideCounter(null, 0n, reading(415n), FREE).kind).toBe('baseline')
  })

  it.each([
    ['books a rise', reading(500n), reading(700n, 1100n), { kind: 'rise', amount: 200n, rule: 'counter/rise' }],
    ['marks a rise without new impressions', reading(500n), reading(700n), { kind: 'rise', rule: 'counter/repost-up' }],
    ['books a fall as a clawback', reading(500n), reading(400n, 1100n, 60n), { kind: 'fall', amount: 100n }],
    ['books a fall to zero as a clawback while impressions stand', reading(500n), reading(0n), { kind: 'fall' }],
    ['holds a fall of everything', reading(500n), reading(0n, 0n, 0n), { kind: 'held', code: 'COUNTER_RESET' }],
    ['leaves an unchanged counter alone', reading(500n), reading(500n, 1200n), { kind: 'unchanged' }],
  ])('%s', (_name, before, after, expected) => {
    expect(decideCounter(before, before.amount, after, FREE)).toMatchObject(expected)
  })

  it('counts day totals booked from files as already accounted for', () => {
    expect(decideCounter(reading(500n), 560n, reading(600n, 1200n), FREE)).toMatchObject({ kind: 'rise', amount: 40n })
  })

  it('holds a clawback above the limit', () => {
    const decision = decideCounter(reading(500n), 500n, reading(100n, 1100n), { reviewAbove: 100n })
    expect(decision).toMatchObject({ kind: 'held', code: 'COUNTER_DECREASE', amount: -400n })
  })
})
