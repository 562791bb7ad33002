/**
 * Two counters as they were found on a real network: one that shows what is unpaid, and one that was reset. Nobody decides
 * for a month; a person, or payouts on record, do so in the end.
 */
import { expect, it } from 'vitest'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { landedCounter, type LandedCounter } from './counters-landed.ts'
import { expectReplays } from './counters-support.ts'
import { exceptionsOf } from './reads.ts'

const NIGHTS = 33
const UNITS = 1_000_000n

/** What each day earned, in cents: 450.75 in all. */
function earnedOn(day: number): number {
  return day === NIGHTS ? 45_075 - 1352 * (NIGHTS - 1) - 7 * 16 : 1352 + (day % 2 === 1 ? 7 : 0)
}

const EARNED = Array.from({ length: NIGHTS }, (_, index) => earnedOn(index + 1))

function dateOf(day: number): string {
  return new Date(Date.UTC(2026, 2, day)).toISOString().slice(0, 10)
}

/** The first reading closes 1 March, so what the n-th night earned counts on the day after. */
const TRUTH = EARNED.map((cents, index) => `${dateOf(index + 2)} ${(cents / 100).toFixed(2)}`)
const SUM = EARNED.reduce((sum, cents) => sum + cents, 0)

interface Network {
  /** Cents that the counter shows. */
  shown: number
  earned: number
}

/** Payouts of 150.00 lower the balance of 160.00 it begins with on the 4th night and on the 18th. */
const PAID = new Map([
  [4, 'PP-1'],
  [18, 'PP-2'],
])

async function unpaidBalance(counter: LandedCounter, stated: boolean): Promise<void> {
  const network: Network = { shown: 16_000, earned: 0 }
  await counter.read(1, '160.00')
  for (let day = 1; day <= NIGHTS; day += 1) {
    const cents = EARNED[day - 1] ?? 0
    network.earned += cents
    const reference = PAID.get(day)
    network.shown += cents - (reference === undefined ? 0 : 15_000)
    await counter.read(day + 1, (network.shown / 100).toFixed(2))
    if (reference !== undefined && stated) await counter.payout(dateOf(day + 1), '150.00', reference)
    await expectHeld(counter, network.earned)
  }
}

/** Truth lies within what is booked for good and the interval. */
async function expectHeld(counter: LandedCounter, earned: number): Promise<void> {
  const booked = (await counter.days()).reduce((sum, line) => sum + toCents(line), 0)
  const state = await counter.undecided()
  const [low, high] =
    state === null
      ? [0, 0]
      : [state.low - state.booked, state.high === null ? 10n ** 18n : state.high - state.booked].map((units) =>
          Number(units / UNITS),
        )
  expect(earned).toBeGreaterThanOrEqual(booked + (low ?? 0))
  expect(earned).toBeLessThanOrEqual(booked + (high ?? 0))
}

function toCents(line: string): number {
  return Math.round(Number(line.split(' ')[1]) * 100)
}

describeOnSqlite('a counter that shows what is unpaid, though nobody knows', (fresh) => {
  it('stays undecided over 33 nights and two payouts, and is exact per day once both falls are decided', async () => {
    expect(SUM).toBe(45_075)
    const counter = await landedCounter(await fresh())
    await unpaidBalance(counter, false)
    expect(await counter.undecided()).toMatchObject({ since: '2026-03-05', high: null })
    const [open] = await exceptionsOf(counter.rig)
    expect(open?.code).toBe('COUNTER_DECREASE')
    expect(open?.detail).toMatch(/further falls: \d+\.1 on 2026-03-19 by 136\.48/)
    await counter.decide({ of: 19, as: 'payout', earned: '13.52' })
    await counter.decide({ of: 5, as: 'payout', earned: '13.52' })
    expect(await counter.days()).toEqual(TRUTH)
    expect(await counter.undecided()).toBeNull()
    await expectReplays(counter.rig, await opened(newSqliteUrl()))
  })

  it('is exact per day once a person says what it shows, and the payouts are stated after it', async () => {
    const counter = await landedCounter(await fresh())
    await unpaidBalance(counter, false)
    await counter.mode('unpaid')
    expect(await counter.undecided()).not.toBeNull()
    await counter.payout('2026-03-05', '150.00', 'PP-1')
    await counter.payout('2026-03-19', '150.00', 'PP-2')
    expect(await counter.days()).toEqual(TRUTH)
    expect(await counter.undecided()).toBeNull()
  })

  it('is told by two payouts on record with a usual day beside each, and by none before', async () => {
    const counter = await landedCounter(await fresh())
    const network: Network = { shown: 16_000, earned: 0 }
    await counter.read(1, '160.00')
    for (let day = 1; day <= NIGHTS; day += 1) {
      const cents = EARNED[day - 1] ?? 0
      network.earned += cents
      // Late enough for a usual day to be known.
      const reference = new Map([
        [9, 'PP-1'],
        [20, 'PP-2'],
      ]).get(day)
      network.shown += cents - (reference === undefined ? 0 : 15_000)
      await counter.read(day + 1, (network.shown / 100).toFixed(2))
      if (reference !== undefined) await counter.payout(dateOf(day + 1), '150.00', reference)
      if (day === 19) expect(await counter.undecided()).not.toBeNull()
      await expectHeld(counter, network.earned)
    }
    expect(await counter.undecided()).toBeNull()
    expect(await counter.days()).toEqual(TRUTH)
    await expectReplays(counter.rig, await opened(newSqliteUrl()))
  })

  it('is not taken as unpaid by payouts when a person has said that it is not', async () => {
    const counter = await landedCounter(await fresh())
    await counter.read(1, '160.00')
    await counter.mode('lifetime')
    for (let day = 1; day <= 12; day += 1) await counter.read(day + 1, `${160 + 10 * day - (day >= 8 ? 100 : 0)}.00`)
    await counter.payout('2026-03-09', '100.00', 'PP-1')
    expect(await counter.undecided()).not.toBeNull()
  })
})

describeOnSqlite('a counter that was reset', (fresh) => {
  it('does not close itself when it is back, and is exact once a person says what it was', async () => {
    const counter = await landedCounter(await fresh())
    // 9.72 a day, reset to nothing on the ninth: 17 days, 165.24.
    await counter.read(1, '5.00', 1000)
    for (let day = 1; day <= 8; day += 1) await counter.read(day + 1, (5 + 9.72 * day).toFixed(2), 1000 + 100 * day)
    for (let day = 1; day <= 9; day += 1) await counter.read(day + 9, (9.72 * day).toFixed(2), 100 * day)
    const [open] = await exceptionsOf(counter.rig)
    expect(open?.code).toBe('COUNTER_RESET')
    expect(await counter.undecided()).toMatchObject({ since: '2026-03-10', high: null })
    await counter.decide({ of: 10, as: 'reset', earned: '9.72' })
    const days = Array.from({ length: 17 }, (_, index) => `${dateOf(index + 2)} 9.72`)
    expect(await counter.days()).toEqual(days)
    await expectReplays(counter.rig, await opened(newSqliteUrl()))
  })
})
