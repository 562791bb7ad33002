/**
 * A fall from A = 200 to R = 50 and the readings 120, 210, 260 after it, under every hypothesis: decided at once, later,
 * first wrongly, twice. Whenever and however it was decided, each day comes to the same in the end.
 */
import { expect, it } from 'vitest'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { landedCounter, type Decision, type LandedCounter } from './counters-landed.ts'
import { expectReplays } from './counters-support.ts'
import { exceptionsOf, openCodes } from './reads.ts'

const READINGS = ['200.00', '50.00', '120.00', '210.00', '260.00']

interface Case {
  readonly hypothesis: string
  readonly decisions: readonly Decision[]
  /** The last night a decision needs to have been read. */
  readonly needs: number
  readonly payout?: readonly [amount: string]
  readonly days: readonly string[]
}

const AFTER = ['2026-03-03 70.00', '2026-03-04 90.00', '2026-03-05 50.00']

const CASES: readonly Case[] = [
  {
    hypothesis: 'a clawback of 150',
    decisions: [{ of: 2, as: 'clawback' }],
    needs: 2,
    days: ['2026-03-02 -150.00', ...AFTER],
  },
  {
    hypothesis: 'a payout of exactly 150 on record',
    decisions: [{ of: 2, as: 'payout' }],
    needs: 2,
    payout: ['150.00'],
    days: AFTER,
  },
  {
    hypothesis: 'a payout of 160 on record, 10 earned in between',
    decisions: [{ of: 2, as: 'payout' }],
    needs: 2,
    payout: ['160.00'],
    days: ['2026-03-02 10.00', ...AFTER],
  },
  {
    hypothesis: 'a payout that is not on record, 7.50 earned in between',
    decisions: [{ of: 2, as: 'payout', earned: '7.50' }],
    needs: 2,
    days: ['2026-03-02 7.50', ...AFTER],
  },
  {
    hypothesis: 'a reset to nothing, 50 earned since',
    decisions: [{ of: 2, as: 'reset', earned: '50.00' }],
    needs: 2,
    days: ['2026-03-02 50.00', ...AFTER],
  },
  { hypothesis: 'a reset, nothing earned', decisions: [{ of: 2, as: 'reset' }], needs: 2, days: AFTER },
  {
    hypothesis: 'another account for good, opening at 50',
    decisions: [{ of: 2, as: 'other-account' }],
    needs: 2,
    days: AFTER,
  },
  {
    hypothesis: 'wrong readings of 50 and 120',
    decisions: [{ of: 2, as: 'reject', through: 3 }],
    needs: 3,
    days: ['2026-03-04 10.00', '2026-03-05 50.00'],
  },
  {
    hypothesis: 'a wrong reading of 50, then a clawback to 120',
    decisions: [
      { of: 2, as: 'reject' },
      { of: 3, as: 'clawback' },
    ],
    needs: 3,
    days: ['2026-03-03 -80.00', '2026-03-04 90.00', '2026-03-05 50.00'],
  },
  {
    hypothesis: 'another account by mistake, all its readings',
    decisions: [{ of: 2, as: 'reject', through: 5 }],
    needs: 5,
    days: [],
  },
]

const WRONGLY: readonly Decision[] = [
  { of: 2, as: 'clawback' },
  { of: 2, as: 'other-account' },
  { of: 2, as: 'reject' },
  { of: 2, as: 'payout', earned: '20.00' },
]

async function decideAll(counter: LandedCounter, decisions: readonly Decision[]): Promise<void> {
  for (const decision of decisions) await counter.decide(decision)
}

async function recordPayout(counter: LandedCounter, { payout }: Case): Promise<void> {
  if (payout !== undefined) await counter.payout('2026-03-02', payout[0], 'PP-1')
}

describeOnSqlite('a counter that fell from 200 to 50 and went on to 120, 210, 260', (fresh) => {
  it.each(CASES)('is exact per day for $hypothesis, decided after any of its readings', async (each) => {
    for (let after = each.needs; after <= 5; after += 1) {
      const counter = await landedCounter(await fresh())
      for (let night = 1; night <= 5; night += 1) {
        await counter.read(night, READINGS[night - 1] ?? '')
        if (night === 2) await recordPayout(counter, each)
        if (night === after) await decideAll(counter, each.decisions)
      }
      expect([after, await counter.days()]).toEqual([after, each.days])
      expect(await counter.undecided()).toBeNull()
      expect((await openCodes(counter.rig)).filter((code) => !code.includes('COUNTER_GAP'))).toEqual([])
    }
  })

  it.each(CASES)('is exact per day for $hypothesis, though decided wrongly before', async (each) => {
    const counter = await landedCounter(await fresh())
    await counter.read(1, '200.00')
    for (let night = 2; night <= 5; night += 1) await counter.read(night, READINGS[night - 1] ?? '')
    await recordPayout(counter, each)
    for (const wrong of WRONGLY) await counter.decide(wrong)
    await decideAll(counter, each.decisions)
    expect(await counter.days()).toEqual(each.days)
    expect(await counter.undecided()).toBeNull()
    await expectReplays(counter.rig, await opened(newSqliteUrl()))
  })

  it('is an interval that grows and is never released while nobody decides', async () => {
    const counter = await landedCounter(await fresh())
    const seen: string[] = []
    for (const [index, amount] of READINGS.entries()) {
      await counter.read(index + 1, amount)
      const state = await counter.undecided()
      if (state !== null)
        seen.push(`${amount}: ${state.booked / 100_000_000n} of ${state.low / 100_000_000n} to ${state.high ?? 'open'}`)
    }
    expect(seen).toEqual([
      '50.00: 0 of -150 to open',
      '120.00: 70 of -80 to open',
      '210.00: 70 of 0 to open',
      '260.00: 70 of 0 to open',
    ])
    expect(await counter.days()).toEqual(['2026-03-03 70.00'])
    expect((await counter.readings()).map(({ status, role }) => role ?? status)).toEqual([
      'baseline',
      'fall',
      'provisional',
      'waiting',
      'waiting',
    ])
    expect(await openCodes(counter.rig)).toEqual(['pub COUNTER_DECREASE counter'])
    for (let night = 6; night <= 40; night += 1) await counter.read(night, `${254 + night}.00`)
    expect(await counter.days()).toEqual(['2026-03-03 70.00'])
    const [open] = await exceptionsOf(counter.rig)
    expect(open?.detail).toContain('undecided since 2026-03-02: 0.00 to open in USD since then')
    expect(open?.detail).toContain('70.00 of it booked provisionally; readings that wait: 37')
  })

  it('has a closed interval when a payout on record may explain the fall, and proposes it', async () => {
    const counter = await landedCounter(await fresh())
    await counter.read(1, '200.00')
    await counter.read(2, '50.00')
    const [before] = await exceptionsOf(counter.rig)
    await counter.payout('2026-03-02', '160.00', 'PP-1')
    await counter.read(3, '120.00')
    expect(await counter.undecided()).toMatchObject({
      booked: 7_000_000_000n,
      low: -8_000_000_000n,
      high: 8_000_000_000n,
    })
    const [open, ...more] = await exceptionsOf(counter.rig)
    // The same exception, which grows old, though it is known now that it may be a payout.
    expect([open?.number, open?.code, open?.openedMs, more]).toEqual([
      before?.number,
      before?.code,
      before?.openedMs,
      [],
    ])
    expect(open?.detail).toMatch(
      /proposed: the payout PP-1 of 160.00, with 10.00 earned besides; to confirm: tieout counters accept \d+\.1 --as payout/,
    )
  })

  it('waits at once when it is back at its old level in the second reading, which proves nothing', async () => {
    const counter = await landedCounter(await fresh())
    for (const [index, amount] of ['200.00', '50.00', '200.00', '205.00'].entries())
      await counter.read(index + 1, amount)
    expect(await counter.days()).toEqual([])
    expect(await counter.undecided()).toMatchObject({ booked: 0n, low: 0n, high: null })
    await counter.decide({ of: 2, as: 'reject' })
    expect(await counter.days()).toEqual(['2026-03-04 5.00'])
  })

  it('takes a fall below the lower level, and one among waiting readings, as more falls, each decided by itself', async () => {
    const counter = await landedCounter(await fresh())
    const amounts = ['200.00', '50.00', '60.00', '20.00', '30.00', '210.00', '55.00', '58.00']
    for (const [index, amount] of amounts.entries()) await counter.read(index + 1, amount)
    expect((await counter.readings()).map(({ status, role }) => role ?? status)).toEqual([
      'baseline',
      'fall',
      'provisional',
      'fall',
      'provisional',
      'waiting',
      'fall',
      'provisional',
    ])
    expect(await openCodes(counter.rig)).toEqual(['pub COUNTER_DECREASE counter'])
    await counter.decide({ of: 7, as: 'clawback' })
    await counter.decide({ of: 2, as: 'payout', earned: '5.00' })
    expect(await counter.undecided()).toMatchObject({ since: '2026-03-04' })
    await counter.decide({ of: 4, as: 'reset', earned: '20.00' })
    expect(await counter.days()).toEqual([
      '2026-03-02 5.00',
      '2026-03-03 10.00',
      '2026-03-04 20.00',
      '2026-03-05 10.00',
      '2026-03-06 180.00',
      '2026-03-07 -155.00',
      '2026-03-08 3.00',
    ])
    expect(await counter.undecided()).toBeNull()
    await expectReplays(counter.rig, await opened(newSqliteUrl()))
  })

  it('does not let a decision about a waiting reading go before the fall it waits behind', async () => {
    const counter = await landedCounter(await fresh())
    for (let night = 1; night <= 4; night += 1) await counter.read(night, READINGS[night - 1] ?? '')
    await expect(counter.decide({ of: 4, as: 'spike-ok' })).rejects.toThrow(
      /waits behind reading \d+\.1; decide that one first/,
    )
    expect(await counter.days()).toEqual(['2026-03-03 70.00'])
    await expectReplays(counter.rig, await opened(newSqliteUrl()))
  })
})

describeOnSqlite("an advertiser's counter", (fresh) => {
  it('that fell is held alike: spending on top of it is provisional, and a decision reverses what was wrong', async () => {
    const counter = await landedCounter(await fresh(), { kind: 'advertiser' })
    for (let night = 1; night <= 5; night += 1) await counter.read(night, READINGS[night - 1] ?? '')
    expect(await counter.days()).toEqual(['2026-03-03 70.00'])
    await counter.decide({ of: 2, as: 'clawback' })
    expect(await counter.days()).toEqual(['2026-03-02 -150.00', ...AFTER])
    await counter.decide({ of: 2, as: 'reject', through: 3 })
    expect(await counter.days()).toEqual(['2026-03-04 10.00', '2026-03-05 50.00'])
    await expectReplays(counter.rig, await opened(newSqliteUrl()))
  })
})
