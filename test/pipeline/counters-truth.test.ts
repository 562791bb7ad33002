/**
 * A network with a truth of its own: what each day earned, and what the counter shows of it after payouts, clawbacks,
 * resets, wrong readings, another account, and nights nobody read it. Nobody decides for weeks, then somebody does: late,
 * wrongly first, in any order. At every night the truth lies between what is booked and what is undecided; after the right
 * decisions each day is exact; the order of the decisions makes no difference, and neither does the engine.
 */
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { verifyLedger } from '../../src/ledger/verify/verify.ts'
import { verifyEvidence } from '../../src/pipeline/verify-evidence.ts'
import { describeOnSqlite, type Fresh, newSqliteUrl, opened } from '../support/databases.ts'
import { landedCounter, type Decision, type LandedCounter } from './counters-landed.ts'
import { expectReplays } from './counters-support.ts'

/** Each world is decided in many ways and replayed, so a run takes few; other seeds find other worlds. */
const RUNS = { numRuns: 4, seed: 20_261_122 }
const CENT = 1_000_000n

/** In cents. `size` is of what is paid, taken back, or shown wrongly. */
interface Day {
  readonly earned: number
  readonly event: 'none' | 'missed' | 'payout' | 'clawback' | 'reset' | 'wrong' | 'other account' | 'mistaken account'
  readonly size: number
}

const DAY: fc.Arbitrary<Day> = fc.record({
  earned: fc.integer({ min: 500, max: 1500 }),
  event: fc.oneof(
    { weight: 14, arbitrary: fc.constant('none' as const) },
    { weight: 4, arbitrary: fc.constant('missed' as const) },
    {
      weight: 4,
      arbitrary: fc.constantFrom('payout', 'clawback', 'reset', 'wrong', 'other account', 'mistaken account'),
    },
  ),
  size: fc.integer({ min: 6000, max: 20_000 }),
})

interface Shown {
  /** What the counter shows at the end of the day, in cents; null when nobody read it. */
  readonly amount: number | null
  /** What the network owes for all days so far, by the truth. */
  readonly total: number
  /** What a person would decide about this reading. */
  readonly decision:
    Omit<Extract<Decision, { as: 'reject' }>, 'of'> | Omit<Exclude<Decision, { as: 'reject' }>, 'of'> | null
}

interface World {
  readonly shown: readonly Shown[]
  /** What each reading's day comes to: wrong ones have none, and the next good one has their days', too. */
  readonly days: readonly string[]
}

const START = 30_000

/** Independent of the rules: it knows what happened. */
function worldOf(days: readonly Day[]): World {
  const shown: Shown[] = []
  const exact: string[] = []
  let [counter, total, unread] = [START, 0, 0]
  for (const [index, { earned, event, size }] of days.entries()) {
    const note = (amount: number): void => {
      if (amount !== 0) exact.push(`${dateOf(index + 2)} ${(amount / 100).toFixed(2)}`)
    }
    const big = Math.min(size, counter)
    // A fall that is not clearly one is the ordinary rules' business, not this world's.
    const seen = big - earned - unread
    const isClear = big >= 6000 && seen * 5 > counter + 8000 && seen > 4000
    const what = isClear || event === 'missed' || event === 'reset' || event === 'other account' ? event : 'none'
    const fromNow = event === 'missed' || counter - unread > 9000 ? what : 'none'
    switch (fromNow) {
      case 'none':
        counter += earned
        total += earned
        note(unread + earned)
        unread = 0
        shown.push({ amount: counter, total, decision: null })
        break
      case 'missed':
        counter += earned
        total += earned
        unread += earned
        shown.push({ amount: null, total, decision: null })
        break
      case 'payout': {
        counter += earned - big
        total += earned
        note(unread + earned)
        shown.push({ amount: counter, total, decision: { as: 'payout', earned: cents(unread + earned) } })
        unread = 0
        break
      }
      case 'clawback':
        counter -= big
        total -= big
        note(unread - big)
        unread = 0
        shown.push({ amount: counter, total, decision: { as: 'clawback' } })
        break
      case 'reset':
        counter = earned
        total += earned
        note(unread + earned)
        shown.push({ amount: counter, total, decision: { as: 'reset', earned: cents(unread + earned) } })
        unread = 0
        break
      case 'other account':
        // What the day earned on the old account is known to nobody, nor what it earned since its last right reading.
        counter = 2000
        total -= unread
        unread = 0
        shown.push({ amount: counter, total, decision: { as: 'other-account' } })
        break
      case 'wrong':
      case 'mistaken account':
        counter += earned
        total += earned
        unread += earned
        shown.push({ amount: counter - big, total, decision: { as: 'reject' } })
        break
    }
  }
  return { shown, days: exact }
}

function cents(amount: number): string {
  return (amount / 100).toFixed(2)
}

function dateOf(day: number): string {
  return new Date(Date.UTC(2026, 2, day)).toISOString().slice(0, 10)
}

async function live(counter: LandedCounter, { shown }: World): Promise<void> {
  await counter.read(1, cents(START))
  for (const [index, { amount, total, decision }] of shown.entries()) {
    if (amount === null) continue
    await counter.read(index + 2, cents(amount))
    const booked = (await counter.days()).reduce(
      (sum, line) => sum + BigInt(Math.round(Number(line.slice(11)) * 100)),
      0n,
    )
    const state = await counter.undecided()
    const [least, most] = [
      booked + (state === null ? 0n : (state.low - state.booked) / CENT),
      state === null ? booked : state.high === null ? null : booked + (state.high - state.booked) / CENT,
    ]
    // A reading that is wrong says nothing of its own day, nor may it be known to be wrong.
    if (decision?.as === 'reject') continue
    expect([index, least <= BigInt(total)]).toEqual([index, true])
    expect([index, most === null || most >= BigInt(total)]).toEqual([index, true])
  }
}

const WRONG: readonly Omit<Exclude<Decision, { as: 'reject' }>, 'of'>[] = [
  { as: 'other-account' },
  { as: 'reset', earned: '1.00' },
  { as: 'payout', earned: '2.00' },
]

/** Decisions about readings of one counter, first wrong ones about some, then the right ones, the oldest first or last. */
async function decide(counter: LandedCounter, { shown }: World, order: 'forth' | 'back'): Promise<void> {
  const right = shown.flatMap(({ decision }, index): readonly Decision[] =>
    decision === null ? [] : [{ ...decision, of: index + 2 }],
  )
  for (const [index, { of }] of right.entries()) {
    const wrong = WRONG[index % WRONG.length]
    if (index % 2 === 0 && wrong !== undefined) await isTaken(counter.decide({ ...wrong, of }))
  }
  const inOrder = order === 'forth' ? right : right.toReversed()
  // What waits behind a fall is decided after it; a second round takes what did not fit in the first.
  const left: Decision[] = []
  for (const each of inOrder) if (!(await isTaken(counter.decide(each)))) left.push(each)
  for (const each of left.toSorted((a, b) => a.of - b.of)) await counter.decide(each)
}

async function isTaken(decision: Promise<void>): Promise<boolean> {
  return decision.then(
    () => true,
    () => false,
  )
}

function truth(fresh: Fresh) {
  return fc.asyncProperty(fc.array(DAY, { minLength: 12, maxLength: 28 }), async (days) => {
    const world = worldOf(days)
    const [forth, back] = [await landedCounter(await fresh()), await landedCounter(await opened(newSqliteUrl()))]
    for (const [counter, order] of [
      [forth, 'forth'],
      [back, 'back'],
    ] as const) {
      await live(counter, world)
      await decide(counter, world, order)
      expect(await counter.days()).toEqual(world.days)
      expect(await counter.undecided()).toBeNull()
    }
    const { database, bookRow } = forth.rig
    expect((await verifyLedger(database.kysely, await bookRow(), [verifyEvidence])).findings).toEqual([])
    await expectReplays(forth.rig, await opened(newSqliteUrl()))
  })
}

describeOnSqlite('a network whose truth is known', (fresh) => {
  it(
    'is never outside what is booked and undecided, and exact per day once decided',
    { timeout: 300_000 },
    async () => {
      await fc.assert(truth(fresh), RUNS)
    },
  )
})
