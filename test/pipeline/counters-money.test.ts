/** Where counters meet statements and journals: lines that are payouts (C5), and days that the next reading confirms (C6). */
import { expect, it } from 'vitest'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays } from './counters-support.ts'
import { nightMs } from './harness.ts'
import { itemLine, money, paidPlay, type PaidPlay } from './payouts-support.ts'
import { payments, scriptedBook, stats } from './scripted-book.ts'

const STATED = '{ schedule: stated, minimum: "50" }'

/** 12.00 a day on top of 40.00; 160.00 are paid out on 12 March. */
async function live(book: PaidPlay, from: number, to: number): Promise<void> {
  for (let night = from; night <= to; night += 1)
    await book.earn(night, `${40 + 12 * (night - 1) - (night > 11 ? 160 : 0)}.00`)
}

describeOnSqlite('a line that a rule of its account says is a payout', (fresh) => {
  it('explains a fall of a counter of what is unpaid, before its stated fee', async () => {
    const book = await paidPlay(await fresh(), STATED, 'unpaid')
    await live(book, 1, 13)
    expect(await money(book.rig, '4000:pub')).toBe('-120.00')
    // 160.00 less 2 %.
    await book.statement(13, '2026-03-13,PAYELANCER PAYOUT,156.80')
    await book.reconcile(13)
    await live(book, 14, 15)
    expect(await book.items()).toEqual([])
    expect(await itemLine(book.rig, 'pub', 'payout:line-1')).toBe('payout 160.00 settled, 160.00 matched')
    expect([await money(book.rig, '4000:pub'), await money(book.rig, '6100')]).toEqual(['-168.00', '3.20'])
    expect([await money(book.rig, '1100:pub'), await money(book.rig, '1110:pub')]).toEqual(['48.00', '0.00'])
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })
})

describeOnSqlite('automatic approval', (fresh) => {
  it('seals a day once a later reading that moved stands on its counter', async () => {
    const { rig, vendors } = await scriptedBook(await fresh(), { publisherMore: 'counterMode: lifetime' })
    await rig.importEvidence(nightMs(0), payments('2026-03-01,panel,opening-balance,100.00,USD,,'))
    const night = async (n: number, earnings: string) => {
      vendors.publisher = stats('publisher', 1000 + 100 * n, 50 + 5 * n, earnings)
      return rig.night(nightMs(n))
    }
    await night(1, '200.00')
    const second = await night(2, '210.00')
    expect(second.closed.approved.map(({ day }) => day)).not.toContain('2026-03-02')
    expect(second.closed.waiting.map(({ reason }) => reason)).toEqual([
      'The USD journal of 2026-03-02 waits until the next reading of pub confirms it.',
    ])
    // Nothing moved: it confirms nothing.
    vendors.publisher = stats('publisher', 1200, 60, '210.00')
    expect((await rig.night(nightMs(3))).closed.approved.map(({ day }) => day)).toEqual([])
    const fourth = await night(4, '221.00')
    expect(fourth.closed.approved.map(({ day }) => day)).toEqual(['2026-03-02'])
  })
})
