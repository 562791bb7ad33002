/**
 * A network that shows what is unpaid, pays out less a fee, and says nothing about it: only lines of a statement do, some
 * late, some never. Nobody decides. What the books then decide by themselves is what really happened, day by day, and
 * where they do not, the truth lies within what is undecided.
 */
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { verifyLedger } from '../../src/ledger/verify/verify.ts'
import { verifyEvidence } from '../../src/pipeline/verify-evidence.ts'
import { describeOnSqlite, type Fresh, newSqliteUrl, opened } from '../support/databases.ts'
import { landedCounter, type LandedCounter } from './counters-landed.ts'
import { expectReplays } from './counters-support.ts'
import { nightMs } from './harness.ts'
import { importLines, PAYPAL } from './payouts-support.ts'

/** Other seeds find other worlds. */
const RUNS = { numRuns: 2, seed: 20_261_123 }

/** In cents. */
interface Day {
  readonly earned: number
  /** Days until the line of a payout of this day is on a statement; null when it never is. */
  readonly arrives: number | null
  /** Of the network, and no payout of what is unpaid. */
  readonly bonus: number
}

const DAY: fc.Arbitrary<Day> = fc.record({
  earned: fc.integer({ min: 900, max: 1500 }),
  arrives: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 4 }) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  bonus: fc.oneof(
    { weight: 9, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 500, max: 3000 }) },
  ),
})

/** Payouts take all that is unpaid, every so many days. */
const WORLD = fc.record({
  days: fc.array(DAY, { minLength: 24, maxLength: 26 }),
  every: fc.integer({ min: 7, max: 11 }),
})

const START = 20_000

interface Lived {
  readonly exact: readonly string[]
  readonly total: number
}

async function live(counter: LandedCounter, days: readonly Day[], every: number): Promise<Lived> {
  const exact: string[] = []
  const lines = new Map<number, string[]>()
  const put = (night: number, cents: number): void => {
    const row = `${dateOf(night)},PAYELANCER PAYOUT,${(cents / 100).toFixed(2)}`
    lines.set(night, [...(lines.get(night) ?? []), row])
  }
  let [unpaid, total] = [START, 0]
  await counter.read(1, (START / 100).toFixed(2))
  for (const [index, { earned, arrives, bonus }] of days.entries()) {
    const night = index + 2
    if (index > 5 && index % every === 0) {
      // 2 %, rounded as the processor does.
      if (arrives !== null) put(night + arrives, unpaid - Math.round(unpaid * 0.02))
      unpaid = 0
    }
    if (bonus > 0) put(night, bonus)
    unpaid += earned
    total += earned
    exact.push(`${dateOf(night)} ${(earned / 100).toFixed(2)}`)
    await counter.read(night, (unpaid / 100).toFixed(2))
    const rows = lines.get(night)
    if (rows !== undefined) await importLines(counter.rig, nightMs(night) + 10_800_000, rows)
  }
  return { exact, total }
}

function dateOf(day: number): string {
  return new Date(Date.UTC(2026, 2, day)).toISOString().slice(0, 10)
}

function told(fresh: Fresh) {
  return fc.asyncProperty(WORLD, async ({ days, every }) => {
    const counter = await landedCounter(await fresh(), {
      more: 'payouts: { schedule: stated, minimum: "50", dueDays: 5 }',
      bookMore: PAYPAL.replaceAll(/^.*source: panel.*\n/gm, ''),
    })
    const { exact, total } = await live(counter, days, every)
    const booked = await counter.days()
    const undecided = await counter.undecided()
    const [since, low, high, provisional] =
      undecided === null
        ? ['9999-12-31', 0n, 0n, 0n]
        : [undecided.since, undecided.low, undecided.high, undecided.booked]
    const before = (line: string): boolean => line.slice(0, 10) < since
    expect(booked.filter(before)).toEqual(exact.filter(before))
    const sum = booked.reduce((all, line) => all + BigInt(Math.round(Number(line.slice(11)) * 100)), 0n)
    const least = sum + (low - provisional) / 1_000_000n
    expect([undecided?.since, least <= BigInt(total)]).toEqual([undecided?.since, true])
    if (high !== null) expect(sum + (high - provisional) / 1_000_000n >= BigInt(total)).toBe(true)
    const { database, bookRow } = counter.rig
    expect((await verifyLedger(database.kysely, await bookRow(), [verifyEvidence])).findings).toEqual([])
    await expectReplays(counter.rig, await opened(newSqliteUrl()))
  })
}

describeOnSqlite('a network whose payouts only a statement shows', (fresh) => {
  it('is decided as it was, or not at all', { timeout: 300_000 }, async () => {
    await fc.assert(told(fresh), RUNS)
  })
})
