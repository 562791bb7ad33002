/** Missed days and corrections: which day and month a change counts in, and what its entry says about that. */
import { expect, it } from 'vitest'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays, play } from './counters-support.ts'
import { balanceOf, differencesOf, openCodes, transactionsOf, type TransactionRow } from './reads.ts'

function shown({ kind, amount, date, rule, memo }: TransactionRow): string {
  return `${kind} ${amount / 1_000_000n} on ${date} (${rule}) ${memo}`.trim()
}

describeOnSqlite('missed days', (fresh) => {
  it('within a month are one entry that says which days it covers', async () => {
    const book = await play(await fresh())
    await book.read(1000, 50, '100.00', 1)
    await book.read(1400, 70, '110.00', 5)
    expect((await transactionsOf(book.rig, 'pub')).map(shown)).toEqual([
      'earn 1000 on 2026-03-05 (counter/rise) covers 2026-03-02..2026-03-05',
    ])
  })

  it("over a month's end are split by time, as an estimate that the next reading leaves alone", async () => {
    const book = await play(await fresh())
    await book.read(1000, 50, '100.00', 30)
    await book.read(1400, 70, '110.00', 33)
    const report = await book.read(1500, 75, '112.00', 34)
    expect((await transactionsOf(book.rig, 'pub')).map(shown)).toEqual([
      'earn 333 on 2026-03-31 (counter/rise-estimated) covers 2026-03-31..2026-04-02; estimate for 2026-03-31..2026-03-31, by time',
      'earn 666 on 2026-04-02 (counter/rise-estimated) covers 2026-03-31..2026-04-02; estimate for 2026-04-01..2026-04-02, by time',
      'earn 200 on 2026-04-03 (counter/rise)',
    ])
    expect(await balanceOf(book.rig, '4000:pub')).toBe(-12n * 100_000_000n)
    expect(differencesOf(report)['pub']).toBe('0.00000000')
    expect((await openCodes(book.rig)).filter((code) => code.startsWith('pub'))).toEqual([
      'pub COUNTER_GAP days:2026-03-31..2026-04-02',
    ])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it("over a month's end are split by the impressions of a rise in between that went again", async () => {
    const book = await play(await fresh(), { publisherMore: "reviewAbove: '25.00'" })
    for (let night = 24; night <= 30; night += 1)
      await book.read(100 * (night - 20), 5 * (night - 20), `${5 * night - 50}.00`, night)
    await book.read(1900, 95, '300.00', 31)
    await book.read(2000, 100, '110.00', 33)
    const [march, april] = (await transactionsOf(book.rig, 'pub')).slice(-2)
    expect(march?.memo).toMatch(/^covers 2026-03-31\.\.2026-04-02; estimate for .*, by impressions$/)
    // 900 of 1000 impressions came by five past midnight on 1 April, five minutes of 24 hours later than the month.
    expect(march?.amount).toBe(8_968_858_131n / 10n)
    expect((march?.amount ?? 0n) + (april?.amount ?? 0n)).toBe(1_000_000_000n)
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('that were held and are accepted later keep their days', async () => {
    const book = await play(await fresh(), { publisherMore: "reviewAbove: '5.00'" })
    await book.read(1000, 50, '100.00', 30)
    await book.read(1000, 50, '110.00', 32)
    await book.accept('spike-ok')
    expect((await transactionsOf(book.rig, 'pub')).map(shown)).toEqual([
      'earn 500 on 2026-03-31 (counter/rise-estimated) covers 2026-03-31..2026-04-01; estimate for 2026-03-31..2026-03-31, by time; accepted as spike-ok by Ada',
      'earn 500 on 2026-04-01 (counter/rise-estimated) covers 2026-03-31..2026-04-01; estimate for 2026-04-01..2026-04-01, by time; accepted as spike-ok by Ada',
    ])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })
})

describeOnSqlite('a clock that was wrong for a night', (fresh) => {
  it('spreads nothing over months that have not been, and the next night goes on as if it had not been', async () => {
    const book = await play(await fresh())
    await book.read(1000, 50, '100.00', 1)
    await book.read(1100, 55, '105.00', 732)
    expect((await openCodes(book.rig)).filter((code) => code.startsWith('pub'))).toEqual(['pub COUNTER_CLOCK counter'])
    await book.read(1200, 60, '107.00', 3)
    expect((await transactionsOf(book.rig, 'pub')).map(shown)).toEqual([
      'earn 700 on 2026-03-03 (counter/rise) covers 2026-03-02..2026-03-03',
    ])
    expect((await openCodes(book.rig)).filter((code) => code.startsWith('pub'))).toEqual([
      'pub COUNTER_GAP days:2026-03-02..2026-03-03',
    ])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('by less than that holds the nights after it until a person says one is right', async () => {
    const book = await play(await fresh())
    await book.read(1000, 50, '100.00', 1)
    await book.read(1100, 55, '105.00', 40)
    await book.read(1200, 60, '107.00', 2)
    await book.read(1300, 65, '110.00', 3)
    const [, first] = await book.held()
    expect(await openCodes(book.rig)).toContain('pub COUNTER_CLOCK counter')
    await book.accept('spike-ok', first === undefined ? {} : { of: first })
    expect(await book.held()).toEqual([])
    await book.read(1400, 70, '111.00', 4)
    expect((await transactionsOf(book.rig, 'pub')).slice(2).map(({ amount }) => amount / 1_000_000n)).toEqual([
      200n,
      300n,
      100n,
    ])
    expect(await balanceOf(book.rig, '1100:pub')).toBe(1_100_000_000n)
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })
})

describeOnSqlite('a correction', (fresh) => {
  it('that takes back just what one day of a closed month earned is a restatement, booked on the open day', async () => {
    const book = await play(await fresh())
    await book.read(1000, 50, '100.00', 28)
    await book.read(1100, 55, '105.21', 29)
    await book.read(1200, 60, '109.00', 30)
    await book.read(1300, 65, '112.00', 31)
    await book.read(1300, 65, '106.79', 32)
    await book.read(1300, 65, '112.00', 33)
    expect((await transactionsOf(book.rig, 'pub')).map(shown)).toEqual([
      'earn 521 on 2026-03-29 (counter/rise)',
      'earn 379 on 2026-03-30 (counter/rise)',
      'earn 300 on 2026-03-31 (counter/rise)',
      'clawback 521 on 2026-04-01 (counter/restatement) corrects 2026-03-29',
      'earn 521 on 2026-04-02 (counter/repost-up) corrects 2026-04-01',
    ])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })
})
