/** Payouts that become due, are stated, come back, or are late. */
import { expect, it } from 'vitest'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays } from './counters-support.ts'
import { nightMs } from './harness.ts'
import { openCodes, storyOf } from './reads.ts'
import { itemLine, itemOf, money, paidPlay, type PaidPlay } from './payouts-support.ts'
import { payments } from './scripted-book.ts'

async function start(book: PaidPlay, opening = '0'): Promise<void> {
  const rows = [`2026-03-01,pub,opening-counter,100.00,USD,,`]
  if (opening !== '0') rows.push(`2026-03-01,pub,opening-balance,${opening},USD,,`)
  await book.rig.importEvidence(nightMs(0), payments(...rows))
  await book.earn(1, '100.00')
}

async function moneyCodes(book: PaidPlay): Promise<readonly string[]> {
  return (await openCodes(book.rig)).filter((code) => /PAYOUT|TOP_UP_MISSING|over-matched|FILE_UNREAD/.test(code))
}

describeOnSqlite('a payout', (fresh) => {
  it('is due once what is unpaid reaches the minimum: all of it, once', async () => {
    const book = await paidPlay(await fresh())
    await start(book)
    await book.earn(2, '149.99')
    expect(await money(book.rig, '1110:pub')).toBe('0.00')
    await book.earn(3, '182.51234')
    expect(await storyOf(book.rig, 'pub', 'payout:due-2026-03-03')).toEqual(['payout 82.51000000 on 2026-03-03'])
    expect([await money(book.rig, '1100:pub'), await money(book.rig, '1110:pub')]).toEqual(['0.00234', '82.51'])
    expect(await itemLine(book.rig, 'pub', 'payout:due-2026-03-03')).toBe('payout 82.51 open, 0.00 matched')
    expect(await book.reconcile(3)).toBe(0)
    await book.earn(4, '212.00')
    expect(await money(book.rig, '1110:pub')).toBe('82.51')
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('is due on its weekday only, and a missed one on the next night, which says so', async () => {
    // 2026-03-02 is a Monday, the day that night 2 closes.
    const book = await paidPlay(await fresh(), '{ minimum: "50", schedule: weekly, weekday: 3 }')
    await start(book)
    await book.earn(3, '180.00')
    expect(await money(book.rig, '1110:pub')).toBe('0.00')
    await book.earn(6, '260.00')
    expect(await storyOf(book.rig, 'pub', 'payout:due-2026-03-06')).toEqual(['payout 160.00000000 on 2026-03-06'])
    const [row] = await book.rig.database.kysely.selectFrom('txn').select('memo').where('kind', '=', 'payout').execute()
    expect(row?.memo).toBe(
      'all that was unpaid on 2026-03-06; the cut-off was 2026-03-04, and this is the first night since',
    )
  })

  it('is never due where the counter shows what is unpaid', async () => {
    const book = await paidPlay(await fresh(), '{ minimum: "50" }', 'unpaid')
    await start(book, '100.00')
    await book.earn(2, '180.00')
    expect(await money(book.rig, '1110:pub')).toBe('0.00')
  })

  it('that a file states later is the due one, at the stated amount, however often it is stated', async () => {
    const book = await paidPlay(await fresh())
    await start(book, '150.00')
    const states = (amount: string) => payments(`2026-03-03,pub,payout,${amount},USD,PP-1,`)
    await book.rig.importEvidence(nightMs(3), states('147.00'))
    await book.rig.importEvidence(nightMs(3) + 1000, states('147.00'))
    await book.reconcile(4)
    expect(await storyOf(book.rig, 'pub', 'payout:due-2026-03-01')).toEqual([
      'payout 150.00000000 on 2026-03-01',
      'payout -3.00000000 on 2026-03-03',
    ])
    const item = await itemOf(book.rig, 'pub', 'payout:due-2026-03-01')
    expect(item).toMatchObject({ amount: 14_700_000_000n, references: ['due-2026-03-01', 'PP-1'] })
    expect(await money(book.rig, '1110:pub')).toBe('147.00')
    expect(await money(book.rig, '1100:pub')).toBe('3.00')
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('that was stated before the cut-off leaves only the rest to become due', async () => {
    const book = await paidPlay(await fresh())
    await book.rig.importEvidence(
      nightMs(0),
      payments(
        '2026-03-01,pub,opening-counter,100.00,USD,,',
        '2026-03-01,pub,opening-balance,210.00,USD,,',
        '2026-03-01,pub,payout,150.00,USD,PP-1,',
      ),
    )
    await book.earn(1, '100.00')
    expect(await money(book.rig, '1110:pub')).toBe('210.00')
    expect(await itemLine(book.rig, 'pub', 'payout:PP-1')).toBe('payout 150.00 open, 0.00 matched')
    expect(await itemLine(book.rig, 'pub', 'payout:due-2026-03-01')).toBe('payout 60.00 open, 0.00 matched')
  })

  it('that may be any of several due ones is refused, and says which', async () => {
    const book = await paidPlay(await fresh())
    await start(book, '150.00')
    await book.earn(2, '160.00')
    await book.rig.importEvidence(nightMs(3), payments('2026-03-03,pub,payout,99.00,USD,PP-1,'))
    expect(await moneyCodes(book)).toEqual(['pub FILE_UNREAD payout:evidence-2.csv:2'])
    await book.rig.importEvidence(nightMs(3) + 1000, payments('2026-03-03,pub,payout,59.00,USD,due-2026-03-02,'))
    expect(await money(book.rig, '1110:pub')).toBe('209.00')
  })

  it('that never arrived is owed again, expected no more, and due at the next cut-off', async () => {
    const book = await paidPlay(await fresh())
    await start(book, '150.00')
    await book.rig.importEvidence(nightMs(3), payments('2026-03-03,pub,payout-returned,150.00,USD,due-2026-03-01,'))
    expect([await money(book.rig, '1100:pub'), await money(book.rig, '1110:pub')]).toEqual(['150.00', '0.00'])
    await book.reconcile(4)
    expect(await itemLine(book.rig, 'pub', 'payout:due-2026-03-01')).toBe('payout 0.00 withdrawn, 0.00 matched')
    expect(await itemLine(book.rig, 'pub', 'payout:due-2026-03-04')).toBe('payout 150.00 open, 0.00 matched')
    expect(await moneyCodes(book)).toEqual(['pub PAYOUT_DIFFERS returned:payout:due-2026-03-01'])
    expect(await book.reconcile(4)).toBe(0)
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('is overdue after its days, and no more once it is stated as returned', async () => {
    const book = await paidPlay(await fresh(), '{ minimum: "50", dueDays: 3 }')
    await start(book, '150.00')
    await book.reconcile(4)
    expect(await moneyCodes(book)).toEqual([])
    await book.reconcile(5)
    expect(await moneyCodes(book)).toEqual(['pub PAYOUT_OVERDUE payout:due-2026-03-01'])
    await book.rig.importEvidence(
      nightMs(5) + 90_000,
      payments('2026-03-05,pub,payout-returned,150.00,USD,due-2026-03-01,'),
    )
    await book.reconcile(6)
    expect(await moneyCodes(book)).toEqual(['pub PAYOUT_DIFFERS returned:payout:due-2026-03-01'])
  })
})
