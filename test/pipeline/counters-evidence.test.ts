/**
 * What evidence settles about a counter, and what time must not: a payout that is due and does not show, day totals of
 * an evidence file for days that are undecided, and a payout stated after its fall was booked as a clawback.
 */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseConfig } from '../../src/config/load.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { configText, HOUR_MS, nightMs, rigOn } from './harness.ts'
import { landedCounter, type LandedCounter } from './counters-landed.ts'
import { expectReplays } from './counters-support.ts'
import { exceptionsOf, openCodes } from './reads.ts'
import { payments } from './scripted-book.ts'

async function codes(counter: LandedCounter): Promise<readonly string[]> {
  return (await openCodes(counter.rig)).filter((code) => !code.includes('COUNTER_GAP'))
}

async function readAll(counter: LandedCounter, amounts: readonly string[], first = 1): Promise<void> {
  for (const [index, amount] of amounts.entries()) await counter.read(first + index, amount)
}

/** What is asked about evidence, without the rows it came in. */
async function refused(counter: LandedCounter): Promise<readonly string[]> {
  return (await codes(counter)).flatMap((code) => /^\S+ EVIDENCE_REFUSED/.exec(code) ?? [])
}

/** A file that was imported before must differ in something: `note`. */
async function dayTotal(counter: LandedCounter, day: string, amount: string, night: number, note = ''): Promise<void> {
  const row = `${day},pub,day-earned,${amount},USD,,${note}`
  await counter.rig.importEvidence(nightMs(night) + 3 * HOUR_MS, payments(row))
}

describeOnSqlite('an unpaid balance that did not fall though a payout is due', (fresh) => {
  it('is not released by time, however many nights it goes on', async () => {
    const counter = await landedCounter(await fresh())
    await counter.read(1, '200.00')
    await counter.mode('unpaid')
    await counter.payout('2026-03-02', '150.00', 'PP-1')
    for (let night = 2; night <= 30; night += 1) await counter.read(night, `${200 + 3 * night}.00`)
    expect(await counter.days()).toEqual([])
    expect(await codes(counter)).toEqual(['pub COUNTER_UNPAID counter', 'pub COUNTER_UNPAID payout:PP-1'])
    // It was never taken: each day earned what the counter rose by.
    await counter.mode('lifetime')
    expect((await counter.days()).slice(0, 2)).toEqual(['2026-03-02 6.00', '2026-03-03 3.00'])
    expect(await counter.days()).toHaveLength(29)
    expect(await codes(counter)).toEqual([])
    await expectReplays(counter.rig, await opened(newSqliteUrl()))
  })

  it('nor by a gap of more than ten days between two readings', async () => {
    const counter = await landedCounter(await fresh())
    await counter.read(1, '200.00')
    await counter.mode('unpaid')
    await counter.payout('2026-03-02', '150.00', 'PP-1')
    await counter.read(15, '203.00')
    expect(await counter.days()).toEqual([])
    expect(await codes(counter)).toContain('pub COUNTER_UNPAID counter')
  })
})

describeOnSqlite('a decision after the settings were changed', (fresh) => {
  it('moves no other day: each reading is judged again by the settings it was first judged by', async () => {
    const database = await fresh()
    const counter = await landedCounter(database)
    await readAll(counter, ['200.00', '50.00', '60.00', '75.00'])
    const { folder, env, book } = counter.rig
    // Five past midnight in London is the evening before in New York, whose day has not ended.
    const config = parseConfig(
      configText([{ name: 'pub', kind: 'publisher', url: 'http://127.0.0.1:1', timeZone: 'America/New_York' }]),
      join(folder, 'tieout.yaml'),
    )
    const changed = rigOn(database, { folder, env, config, book: config.books[0] ?? book })
    await changed.importEvidence(nightMs(4) + 5 * HOUR_MS, payments('2026-03-04,pub,payout,1.00,USD,PP-9,'))
    await counter.decide({ of: 2, as: 'clawback' })
    expect(await counter.days()).toEqual(['2026-03-02 -150.00', '2026-03-03 10.00', '2026-03-04 15.00'])
    await expectReplays(counter.rig, await opened(newSqliteUrl()))
  })
})

describeOnSqlite('a payout stated after its fall was booked as a clawback', (fresh) => {
  it('is asked about, and after "unpaid" each day is what was earned', async () => {
    const counter = await landedCounter(await fresh(), { more: 'counter: { clawbackPercent: 100 }' })
    await readAll(counter, ['500.00', '510.00', '520.00', '530.00', '540.00', '550.00'])
    // 150 paid out, 12 earned.
    await readAll(counter, ['412.00', '422.00'], 7)
    expect((await counter.days()).slice(-2)).toEqual(['2026-03-07 -138.00', '2026-03-08 10.00'])
    await counter.payout('2026-03-07', '150.00', 'PP-1')
    expect(await codes(counter)).toEqual(['pub COUNTER_UNPAID payout:PP-1'])
    await counter.mode('unpaid')
    expect((await counter.days()).slice(-2)).toEqual(['2026-03-07 12.00', '2026-03-08 10.00'])
    expect(await codes(counter)).toEqual([])
    await expectReplays(counter.rig, await opened(newSqliteUrl()))
  })
})

describeOnSqlite("a day total of an undecided fall's day", (fresh) => {
  it('decides what that day earned, once the lower level is confirmed', async () => {
    const counter = await landedCounter(await fresh())
    await readAll(counter, ['200.00', '50.00', '57.00'])
    await dayTotal(counter, '2026-03-02', '6.50', 3)
    expect(await counter.days()).toEqual(['2026-03-02 6.50', '2026-03-03 7.00'])
    expect(await counter.undecided()).toBeNull()
    expect(await codes(counter)).toEqual([])
    // A person may know better.
    await counter.decide({ of: 2, as: 'clawback' })
    expect(await counter.days()).toEqual(['2026-03-02 -150.00', '2026-03-03 7.00'])
    await expectReplays(counter.rig, await opened(newSqliteUrl()))
  })

  it('of just the fall says that it was a clawback', async () => {
    const counter = await landedCounter(await fresh())
    await readAll(counter, ['200.00', '50.00', '57.00'])
    await dayTotal(counter, '2026-03-02', '-150.00', 3)
    expect(await counter.days()).toEqual(['2026-03-02 -150.00', '2026-03-03 7.00'])
    expect(await counter.undecided()).toBeNull()
  })

  it.each([
    [
      'the lower level is not confirmed',
      ['200.00', '50.00'],
      '6.50',
      '2026-03-02',
      /accept \d+\.1 --as reset --earned 6\.50/,
    ],
    ['later readings wait', ['200.00', '50.00', '57.00', '210.00'], '6.50', '2026-03-02', /accept \d+\.1 --as reset/],
    ['it is another loss', ['200.00', '50.00', '57.00'], '-20.00', '2026-03-02', /a clawback of 150\.00/],
    [
      'the reading of the day waits',
      ['200.00', '50.00', '57.00', '210.00'],
      '6.00',
      '2026-03-04',
      /waits until reading \d+\.1 is decided/,
    ],
  ] as const)('is asked about and not dropped when %s', async (_, amounts, total, day, asks) => {
    const counter = await landedCounter(await fresh())
    await readAll(counter, amounts)
    const before = await counter.days()
    await dayTotal(counter, day, total, amounts.length)
    expect(await counter.days()).toEqual(before)
    expect(await counter.undecided()).not.toBeNull()
    const asked = (await exceptionsOf(counter.rig)).find(({ code }) => code === 'EVIDENCE_REFUSED')
    expect(asked?.detail).toMatch(asks)
  })

  it.each([
    ['a decision about its reading', { of: 2, as: 'clawback' }, []],
    ['its rejection', { of: 2, as: 'reject', through: 4 }, []],
    ['a decision about another reading, never', { of: 4, as: 'reject' }, ['pub EVIDENCE_REFUSED']],
  ] as const)('that is asked about is answered by %s', async (_, decision, open) => {
    const counter = await landedCounter(await fresh())
    await readAll(counter, ['200.00', '50.00', '57.00', '210.00'])
    await dayTotal(counter, '2026-03-02', '6.50', 4)
    expect(await refused(counter)).toEqual(['pub EVIDENCE_REFUSED'])
    await counter.decide(decision)
    expect(await refused(counter)).toEqual(open)
    await expectReplays(counter.rig, await opened(newSqliteUrl()))
  })

  it('that is asked about is answered by what confirms the reading', async () => {
    const counter = await landedCounter(await fresh())
    await readAll(counter, ['200.00', '50.00'])
    await dayTotal(counter, '2026-03-02', '6.50', 2)
    expect(await refused(counter)).toEqual(['pub EVIDENCE_REFUSED'])
    await counter.read(3, '57.00')
    await dayTotal(counter, '2026-03-02', '6.50', 3, 'again')
    expect(await counter.days()).toEqual(['2026-03-02 6.50', '2026-03-03 7.00'])
    expect(await refused(counter)).toEqual([])
  })

  it('of a rise that is held books it when it says the same', async () => {
    const counter = await landedCounter(await fresh(), { more: "reviewAbove: '25.00'" })
    await readAll(counter, ['200.00', '203.00', '206.00', '209.00', '212.00', '215.00', '275.00', '278.00'])
    expect(await codes(counter)).toEqual(['pub COUNTER_SPIKE counter'])
    await dayTotal(counter, '2026-03-07', '60.00', 8)
    expect((await counter.days()).slice(-2)).toEqual(['2026-03-07 60.00', '2026-03-08 3.00'])
    expect(await codes(counter)).toEqual([])
    await expectReplays(counter.rig, await opened(newSqliteUrl()))
  })
})
