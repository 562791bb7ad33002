/** What the next reading of an undecided counter is, and between which amounts the total since its fall lies. */
import { describe, expect, it } from 'vitest'
import {
  atStake,
  intervalOf,
  intervalWords,
  nextStep,
  type OpenFall,
  type OpenFalls,
  type SinceFall,
} from '../../../src/domain/counters/counter-undecided.ts'

function reading(amount: bigint) {
  return { amount, impressions: null, clicks: null, atMs: 0 }
}

function fall(level: bigint, after: bigint): OpenFall {
  const about = { code: 'COUNTER_DECREASE', day: '2026-03-02', reason: '' } as const
  return { ...about, place: { batch: 1, item: 1 }, level, reading: reading(after) }
}

function open(kind: OpenFalls['tip']['kind'], shown: bigint, ...more: readonly OpenFall[]): OpenFalls {
  return { falls: [fall(200n, 50n), ...more], tip: { kind, reading: reading(shown) } }
}

describe('the reading after a fall from 200 to 50', () => {
  it.each<readonly [string, bigint, OpenFalls, ReturnType<typeof nextStep>]>([
    ['of 50 confirms the lower level', 50n, open('fall', 50n), 'judge'],
    ['of 199 confirms it', 199n, open('fall', 50n), 'judge'],
    ['of 200 waits, also as the second', 200n, open('fall', 50n), 'waiting'],
    ['of 49 is one more fall', 49n, open('fall', 50n), 'fall'],
    ['of 118 after 120 is judged by the usual rules', 118n, open('booked', 120n), 'judge'],
    ['of 49 after 120 is one more fall', 49n, open('booked', 120n), 'fall'],
    ['of 210 after 120 waits', 210n, open('booked', 120n), 'waiting'],
    ['of 210 after 210 waits', 210n, open('waiting', 210n), 'waiting'],
    ['of 209 after 210 is one more fall', 209n, open('waiting', 210n), 'fall'],
    ['of 120 after a fall among waiting ones to 90 is judged', 120n, open('fall', 90n, fall(260n, 90n)), 'judge'],
    ['of 60 after a second fall from 60 to 20 waits', 60n, open('booked', 30n, fall(60n, 20n)), 'waiting'],
    ['of 59 after it is judged', 59n, open('booked', 30n, fall(60n, 20n)), 'judge'],
    ['of 45 after a payout on record has lowered it to 40 is judged', 45n, open('booked', 40n), 'judge'],
  ])('%s', (_name, amount, falls, step) => {
    expect(nextStep(amount, falls)).toBe(step)
  })
})

function fell(change: bigint, withPayouts: bigint | null = null): SinceFall {
  return { kind: 'fall', change, withPayouts }
}

function other(kind: 'waiting' | 'held-rise' | 'booked', change: bigint): SinceFall {
  return { kind, change, withPayouts: null }
}

const ROWS: readonly (readonly [string, readonly SinceFall[], bigint, bigint, bigint | null, bigint])[] = [
  ['a fall alone', [fell(-150n)], 0n, -150n, null, -150n],
  ['with 70 on top', [fell(-150n), other('booked', 70n)], 70n, -80n, null, -150n],
  ['back above', [fell(-150n), other('booked', 70n), other('waiting', 90n)], 70n, 0n, null, 90n],
  ['a payout of 160', [fell(-150n, 10n), other('booked', 70n), other('waiting', 90n)], 70n, 0n, 170n, 100n],
  ['two falls, one payout', [fell(-150n, 10n), other('booked', 70n), fell(-30n)], 70n, -110n, null, -180n],
  ['another account from the second fall on', [fell(-150n), other('waiting', 250n), fell(-10n)], 0n, 0n, null, 250n],
  ['a held rise', [fell(-150n, 0n), other('held-rise', 400n)], 0n, -150n, 400n, 400n],
]

describe('the interval since a fall', () => {
  it.each(ROWS)('%s', (_name, readings, booked, low, high, stake) => {
    const interval = intervalOf(readings)
    expect(interval).toEqual({ booked, low, high })
    expect(atStake(interval, readings)).toBe(stake)
  })

  it('says that it is open at the top, and never a figure instead', () => {
    expect(intervalWords({ low: -8_000_000_000n, high: null })).toBe('-80.00 to open')
    expect(intervalWords({ low: -8_000_000_000n, high: 1_000_000_000n })).toBe('-80.00 to 10.00')
  })
})
