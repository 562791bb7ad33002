/** From earnings to the account: what is due, the line that pays it, the line that takes it back, and what was stated otherwise. */
import { expect, it } from 'vitest'
import { matchIds } from '../../src/evidence/read-matches.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays } from './counters-support.ts'
import { nightMs } from './harness.ts'
import { openCodes, storyOf } from './reads.ts'
import { itemLine, money, paidPlay, type PaidPlay } from './payouts-support.ts'
import { payments } from './scripted-book.ts'

async function owing(book: PaidPlay, amount: string): Promise<void> {
  const rows = [`2026-03-01,pub,opening-counter,100.00,USD,,`, `2026-03-01,pub,opening-balance,${amount},USD,,`]
  await book.rig.importEvidence(nightMs(0), payments(...rows))
  await book.earn(1, '100.00')
}

async function accounts(book: PaidPlay): Promise<Readonly<Record<string, string>>> {
  const keys = ['1050:paypal', '1100:pub', '1110:pub', '6100']
  return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await money(book.rig, key)] as const)))
}

async function moneyCodes(book: PaidPlay): Promise<readonly string[]> {
  return (await openCodes(book.rig)).filter((code) => /PAYOUT|LINE|TOP_UP_MISSING/.test(code))
}

describeOnSqlite('a payout that is due', (fresh) => {
  it('is settled by the line that pays it, less the fee of the account', async () => {
    const book = await paidPlay(await fresh())
    await owing(book, '150.00')
    await book.statement(3, '2026-03-03,PAYELANCER PAYOUT,147.00')
    expect(await accounts(book)).toEqual({
      '1050:paypal': '147.00',
      '1100:pub': '0.00',
      '1110:pub': '0.00',
      '6100': '3.00',
    })
    expect(await itemLine(book.rig, 'pub', 'payout:due-2026-03-01')).toBe('payout 150.00 settled, 150.00 matched')
    expect(await moneyCodes(book)).toEqual([])
    expect(await book.reconcile(4)).toBe(0)
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('is overdue until the line comes', async () => {
    const book = await paidPlay(await fresh(), '{ minimum: "50", dueDays: 3 }')
    await owing(book, '150.00')
    await book.reconcile(6)
    expect(await moneyCodes(book)).toEqual(['pub PAYOUT_OVERDUE payout:due-2026-03-01'])
    await book.statement(7, '2026-03-06,PAYELANCER PAYOUT,150.00')
    expect(await moneyCodes(book)).toEqual([])
    expect(await money(book.rig, '1110:pub')).toBe('0.00')
  })

  it('that came short is one item, however late its rest is', async () => {
    const book = await paidPlay(await fresh(), '{ minimum: "50", dueDays: 3 }')
    await owing(book, '150.00')
    await book.statement(3, '2026-03-03,PAYELANCER PAYOUT,120.00')
    await book.reconcile(9)
    expect(await moneyCodes(book)).toEqual(['pub PAYOUT_DIFFERS payout:due-2026-03-01'])
  })

  it('that comes back is owed again and due again', async () => {
    const book = await paidPlay(await fresh())
    await owing(book, '150.00')
    await book.statement(3, '2026-03-03,PAYELANCER PAYOUT,150.00')
    await book.statement(5, '2026-03-05,PAYELANCER PAYOUT RETURNED,-150.00')
    expect(await accounts(book)).toMatchObject({ '1050:paypal': '0.00', '1100:pub': '150.00', '1110:pub': '0.00' })
    expect(await itemLine(book.rig, 'pub', 'payout:due-2026-03-01:return')).toBe(
      'payout-return -150.00 settled, -150.00 matched',
    )
    expect(await moneyCodes(book)).toEqual(['pub PAYOUT_DIFFERS returned:payout:due-2026-03-01'])
    await book.reconcile(6)
    expect(await storyOf(book.rig, 'pub', 'payout:due-2026-03-06')).toEqual(['payout 150.00000000 on 2026-03-06'])
    expect(await book.reconcile(6)).toBe(0)
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('that a person says did not come back is paid as before, and only another line may bring it back', async () => {
    const book = await paidPlay(await fresh())
    await owing(book, '150.00')
    await book.statement(3, '2026-03-03,PAYELANCER PAYOUT,150.00')
    await book.statement(5, '2026-03-05,PAYELANCER PAYOUT RETURNED,-150.00')
    const [newest] = await matchIds(book.rig.database.kysely, (await book.rig.bookRow()).id, ['active'], 1)
    await book.decide(5, { decide: 'unmatch', match: Number(newest) })
    const paid = { '1050:paypal': '150.00', '1100:pub': '0.00', '1110:pub': '0.00' }
    expect(await accounts(book)).toMatchObject(paid)
    expect(await itemLine(book.rig, 'pub', 'payout:due-2026-03-01:return')).toBe(
      'payout-return 0.00 withdrawn, 0.00 matched',
    )
    expect(await moneyCodes(book)).toEqual([])
    expect(await book.reconcile(6)).toBe(0)
    expect(await book.reconcile(20)).toBe(0)
    expect(await accounts(book)).toMatchObject(paid)
    expect(await moneyCodes(book)).toEqual(['paypal LINE_UNMATCHED line:2'])
    await book.statement(21, '2026-03-20,PAYELANCER PAYOUT SENT BACK,-150.00')
    expect(await accounts(book)).toMatchObject({ '1050:paypal': '0.00', '1100:pub': '150.00', '1110:pub': '0.00' })
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('keeps what lines have settled when a file states less, and says so', async () => {
    const book = await paidPlay(await fresh())
    await owing(book, '150.00')
    await book.statement(3, '2026-03-03,PAYELANCER PAYOUT,150.00')
    const states = (amount: string) => payments(`2026-03-03,pub,payout,${amount},USD,PP-1,`)
    await book.rig.importEvidence(nightMs(4), states('140.00'))
    await book.reconcile(4)
    expect(await moneyCodes(book)).toEqual(['pub LINE_UNMATCHED over-matched:payout:due-2026-03-01'])
    expect(await itemLine(book.rig, 'pub', 'payout:due-2026-03-01')).toBe('payout 150.00 settled, 150.00 matched')
    await book.rig.importEvidence(nightMs(5), states('150.00'))
    await book.reconcile(5)
    expect(await moneyCodes(book)).toEqual([])
    expect(await money(book.rig, '1110:pub')).toBe('0.00')
  })
})

describeOnSqlite('a top-up nobody paid', (fresh) => {
  it('is overdue only once statements cover all its days, and no more when its line is imported', async () => {
    const book = await paidPlay(await fresh())
    await book.rig.importEvidence(nightMs(0), payments('2026-03-02,panel,top-up,25.00,USD,INV-1,'))
    await book.reconcile(9)
    expect(await moneyCodes(book)).not.toContain('panel TOP_UP_MISSING top-up:INV-1')
    await book.statement(9, '2026-03-02,PAYPAL INTEREST,0.10', '2026-03-09,PAYPAL INTEREST,0.12')
    expect(await moneyCodes(book)).toContain('panel TOP_UP_MISSING top-up:INV-1')
    await book.statement(10, '2026-03-03,NETPANEL INV-1,-25.00')
    expect(await moneyCodes(book)).not.toContain('panel TOP_UP_MISSING top-up:INV-1')
    expect([await money(book.rig, '1070'), await money(book.rig, '1050:paypal')]).toEqual(['0.00', '-25.00'])
  })
})
