/** Payouts stated otherwise after lines have settled them: the item follows its evidence once the match is undone. */
import { describe, expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { matchIds } from '../../src/evidence/read-matches.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays } from './counters-support.ts'
import { nightMs } from './harness.ts'
import { itemLine, money, paidPlay, type PaidPlay } from './payouts-support.ts'
import { openCodes } from './reads.ts'
import { payments } from './scripted-book.ts'

const DUE = 'payout:due-2026-03-01'

async function owing(book: PaidPlay, amount: string): Promise<void> {
  const rows = [`2026-03-01,pub,opening-counter,100.00,USD,,`, `2026-03-01,pub,opening-balance,${amount},USD,,`]
  await book.rig.importEvidence(nightMs(0), payments(...rows))
  await book.earn(1, '100.00')
}

async function moneyCodes(book: PaidPlay): Promise<readonly string[]> {
  return (await openCodes(book.rig)).filter((code) => /PAYOUT|LINE|TOP_UP_MISSING/.test(code))
}

async function newestMatch(book: PaidPlay): Promise<number> {
  const [newest] = await matchIds(book.rig.database.kysely, (await book.rig.bookRow()).id, ['active'], 1)
  return Number(newest)
}

describeOnSqlite('a payout that a file states lower after a line has settled it', (fresh) => {
  it('is the lower one once the match is undone, and its own line finds it', async () => {
    const book = await paidPlay(await fresh())
    await owing(book, '150.00')
    await book.statement(3, '2026-03-03,PAYELANCER PAYOUT,150.00')
    await book.rig.importEvidence(nightMs(4), payments('2026-03-03,pub,payout,140.00,USD,PP-1,'))
    await book.reconcile(4)
    expect(await moneyCodes(book)).toEqual([`pub LINE_UNMATCHED over-matched:${DUE}`])
    await book.decide(4, { decide: 'unmatch', match: await newestMatch(book) })
    expect(await itemLine(book.rig, 'pub', DUE)).toBe('payout 140.00 open, 0.00 matched')
    expect(await moneyCodes(book)).not.toContain(`pub LINE_UNMATCHED over-matched:${DUE}`)
    await book.statement(5, '2026-03-04,PAYELANCER PAYOUT,140.00')
    expect(await itemLine(book.rig, 'pub', DUE)).toBe('payout 140.00 settled, 140.00 matched')
    expect(await money(book.rig, '1110:pub')).toBe('0.00')
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })
})

describeOnSqlite('a payout of which a part never arrived', (fresh) => {
  it('is expected to leave again only as far as it had arrived', async () => {
    const book = await paidPlay(await fresh(), '{ minimum: "60" }')
    await owing(book, '150.00')
    await book.rig.importEvidence(nightMs(2), payments('2026-03-02,pub,payout-returned,50.00,USD,due-2026-03-01,'))
    await book.statement(3, '2026-03-03,PAYELANCER PAYOUT,100.00')
    expect(await itemLine(book.rig, 'pub', DUE)).toBe('payout 100.00 settled, 100.00 matched')
    await book.statement(5, '2026-03-05,PAYELANCER PAYOUT RETURNED,-100.00')
    expect(await itemLine(book.rig, 'pub', `${DUE}:return`)).toBe('payout-return -100.00 settled, -100.00 matched')
    expect([await money(book.rig, '1050:paypal'), await money(book.rig, '1110:pub')]).toEqual(['0.00', '0.00'])
    expect(await moneyCodes(book)).toEqual([`pub PAYOUT_DIFFERS returned:${DUE}`])
    await book.decide(6, { decide: 'unmatch', match: await newestMatch(book) })
    expect(await itemLine(book.rig, 'pub', DUE)).toBe('payout 100.00 settled, 100.00 matched')
    expect(await itemLine(book.rig, 'pub', `${DUE}:return`)).toBe('payout-return 0.00 withdrawn, 0.00 matched')
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('is owed again as stated in two parts, one before and one after a line', async () => {
    const book = await paidPlay(await fresh())
    await owing(book, '150.00')
    await book.statement(3, '2026-03-03,PAYELANCER PAYOUT,150.00')
    const states = (amount: string) => payments(`2026-03-04,pub,payout-returned,${amount},USD,due-2026-03-01,`)
    await book.rig.importEvidence(nightMs(4), states('40.00'))
    await book.reconcile(4)
    expect(await itemLine(book.rig, 'pub', `${DUE}:return`)).toBe('payout-return -40.00 open, 0.00 matched')
    await book.rig.importEvidence(nightMs(5), states('60.00'))
    await book.reconcile(5)
    expect(await itemLine(book.rig, 'pub', DUE)).toBe('payout 150.00 settled, 150.00 matched')
    expect(await itemLine(book.rig, 'pub', `${DUE}:return`)).toBe('payout-return -60.00 open, 0.00 matched')
  })
})

async function returnedUnseen(database: Database, amount: string): Promise<PaidPlay> {
  const book = await paidPlay(database, '{ minimum: "60" }')
  await owing(book, '150.00')
  const stated = payments(`2026-03-05,pub,payout-returned,${amount},USD,due-2026-03-01,`)
  await book.rig.importEvidence(nightMs(5), stated)
  await book.reconcile(5)
  return book
}

describeOnSqlite('a payout stated as returned before its lines are imported', (fresh) => {
  const cash = async ({ rig }: PaidPlay) => [await money(rig, '1050:paypal'), await money(rig, '1110:pub')]

  it.each([
    ['150.00', 'one after the other'],
    ['50.00', 'together'],
  ])('settles %s by itself once they are, %s', async (amount, how) => {
    const book = await returnedUnseen(await fresh(), amount)
    const [came, left] = ['2026-03-03,PAYELANCER PAYOUT,150.00', `2026-03-05,PAYELANCER PAYOUT RETURNED,-${amount}`]
    if (how === 'together') await book.statement(6, came, left)
    else {
      await book.statement(6, came)
      expect(await itemLine(book.rig, 'pub', `${DUE}:return`)).toBe(`payout-return -${amount} open, 0.00 matched`)
      await book.statement(7, left)
    }
    expect(await itemLine(book.rig, 'pub', DUE)).toBe('payout 150.00 settled, 150.00 matched')
    expect(await itemLine(book.rig, 'pub', `${DUE}:return`)).toBe(
      `payout-return -${amount} settled, -${amount} matched`,
    )
    // What came back is due again at once, unless it is below the minimum.
    expect(await cash(book)).toEqual(amount === '50.00' ? ['100.00', '0.00'] : ['0.00', '150.00'])
    expect(await moneyCodes(book)).toEqual([`pub PAYOUT_DIFFERS returned:${DUE}`])
  })
})

describe('a payout stated as returned of which lines are doubtful', () => {
  it('takes the first of two lines that could be it, and leaves the other to a person', async () => {
    const book = await returnedUnseen(await opened(newSqliteUrl()), '150.00')
    await book.statement(6, '2026-03-03,PAYELANCER PAYOUT,150.00', '2026-03-03,PAYELANCER PAYOUT 2,150.00')
    expect(await itemLine(book.rig, 'pub', DUE)).toBe('payout 150.00 settled, 150.00 matched')
    const lines = await book.rig.database.kysely
      .selectFrom('statement_line')
      .select('disposition')
      .orderBy('id')
      .execute()
    expect(lines.map(({ disposition }) => disposition)).toEqual(['matched', 'open'])
  })

  it('never arrived when the line is that of the payout due after it', async () => {
    const book = await returnedUnseen(await opened(newSqliteUrl()), '150.00')
    await book.statement(9, '2026-03-08,PAYELANCER PAYOUT,150.00')
    expect(await itemLine(book.rig, 'pub', DUE)).toBe('payout 0.00 withdrawn, 0.00 matched')
    expect(await itemLine(book.rig, 'pub', 'payout:due-2026-03-05')).toBe('payout 150.00 settled, 150.00 matched')
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })
})
