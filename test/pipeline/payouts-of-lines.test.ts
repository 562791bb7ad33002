/** Lines that a person calls a payout though none was due: booked with the line, and taken back with it. */
import { expect, it } from 'vitest'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays } from './counters-support.ts'
import { nightMs } from './harness.ts'
import { exceptionsOf, openCodes, storyOf } from './reads.ts'
import { itemLine, itemOf, money, paidPlay, type PaidPlay } from './payouts-support.ts'
import { payments } from './scripted-book.ts'

const STATED = '{ schedule: stated, minimum: "50" }'
const PAYOUT = { decide: 'payout', line: 1, of: 'pub', gross: null } as const

async function arrived(book: PaidPlay, amount: string, ...more: readonly string[]): Promise<void> {
  const rows = ['2026-03-01,pub,opening-counter,100.00,USD,,', '2026-03-01,pub,opening-balance,500.00,USD,,']
  await book.rig.importEvidence(nightMs(0), payments(...rows))
  await book.earn(1, '100.00')
  await book.statement(3, `2026-03-03,PAYELANCER PAYOUT,${amount}`, ...more)
}

async function accounts(book: PaidPlay): Promise<Readonly<Record<string, string>>> {
  const keys = ['1050:paypal', '1100:pub', '1110:pub', '6100']
  return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await money(book.rig, key)] as const)))
}

describeOnSqlite('a line that a rule calls a payout, before any was due', (fresh) => {
  const WEEKLY = '{ schedule: weekly, weekday: 5, minimum: "50" }'

  it('is paid out of what was accrued, before its fee, and the next cut-off takes the rest', async () => {
    const book = await paidPlay(await fresh(), WEEKLY)
    await arrived(book, '147.00')
    await book.reconcile(3)
    const paid = { '1050:paypal': '147.00', '1100:pub': '350.00', '1110:pub': '0.00', '6100': '3.00' }
    expect(await accounts(book)).toEqual(paid)
    expect(await itemLine(book.rig, 'pub', 'payout:line-1')).toBe('payout 150.00 settled, 150.00 matched')
    expect(await storyOf(book.rig, 'pub', 'payout:line-1')).toEqual(['payout 150.00000000 on 2026-03-03'])
    expect(await book.reconcile(3)).toBe(0)
    for (const night of [4, 5, 6]) await book.reconcile(night)
    expect(await accounts(book)).toEqual({ ...paid, '1100:pub': '0.00', '1110:pub': '350.00' })
    expect(await itemLine(book.rig, 'pub', 'payout:due-2026-03-06')).toBe('payout 350.00 open, 0.00 matched')
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('is not booked again once a person has taken it back', async () => {
    const book = await paidPlay(await fresh(), WEEKLY)
    await arrived(book, '147.00')
    await book.reconcile(3)
    await book.decide(3, { decide: 'unmatch', match: 1 })
    await book.reconcile(4)
    expect(await accounts(book)).toMatchObject({ '1050:paypal': '0.00', '1100:pub': '500.00', '1110:pub': '0.00' })
  })

  it.each([
    ['before the opening', '2026-02-10', '147.00'],
    ['on the day of the opening', '2026-03-01', '147.00'],
  ])('waits where it came %s, which is net of it', async (_when, date, amount) => {
    const book = await paidPlay(await fresh(), WEEKLY)
    const rows = ['2026-03-01,pub,opening-counter,100.00,USD,,', '2026-03-01,pub,opening-balance,500.00,USD,,']
    await book.rig.importEvidence(nightMs(0), payments(...rows))
    await book.earn(1, '100.00')
    await book.statement(3, `${date},PAYELANCER PAYOUT,${amount}`)
    await book.reconcile(3)
    expect(await accounts(book)).toMatchObject({ '1050:paypal': '0.00', '1100:pub': '500.00' })
  })

  it('never pays itself out of what is earned after it', async () => {
    const book = await paidPlay(await fresh(), WEEKLY)
    await arrived(book, '490.01')
    await book.reconcile(3)
    await book.earn(4, '200.00')
    expect(await accounts(book)).toMatchObject({ '1050:paypal': '0.00', '1100:pub': '600.00' })
  })

  it('waits for a person where it is more than was accrued', async () => {
    const book = await paidPlay(await fresh(), WEEKLY)
    await arrived(book, '490.01')
    await book.reconcile(20)
    expect(await accounts(book)).toMatchObject({ '1050:paypal': '0.00' })
    expect(await openCodes(book.rig)).toContain('paypal LINE_UNMATCHED line:1')
  })

  it('is the older of two that together are more than was accrued', async () => {
    const book = await paidPlay(await fresh(), WEEKLY)
    await arrived(book, '294.00', '2026-03-04,PAYELANCER PAYOUT,245.00')
    await book.reconcile(4)
    expect(await accounts(book)).toMatchObject({ '1050:paypal': '294.00', '1100:pub': '200.00', '1110:pub': '0.00' })
    expect(await itemLine(book.rig, 'pub', 'payout:line-2')).toBe('none')
  })

  it('is none while a payout is due: it pays that one', async () => {
    const book = await paidPlay(await fresh(), WEEKLY)
    await book.rig.importEvidence(nightMs(0), payments('2026-03-01,pub,opening-counter,100.00,USD,,'))
    await book.earn(1, '100.00')
    await book.earn(5, '200.00')
    for (const night of [6, 7]) await book.reconcile(night)
    await book.earn(8, '300.00')
    await book.statement(8, '2026-03-08,PAYELANCER PAYOUT,49.00')
    await book.reconcile(9)
    expect(await itemLine(book.rig, 'pub', 'payout:due-2026-03-06')).toBe('payout 100.00 open, 49.00 matched')
    expect(await itemLine(book.rig, 'pub', 'payout:line-1')).toBe('none')
  })

  it('is none of what a person has left of a line', async () => {
    const book = await paidPlay(await fresh(), WEEKLY)
    await book.rig.importEvidence(nightMs(0), payments('2026-04-20,pub,payout,100.00,USD,PP-1,'))
    await arrived(book, '147.00')
    const stated = await itemOf(book.rig, 'pub', 'payout:PP-1')
    await book.decide(3, { decide: 'match', lines: [1], items: [Number(stated?.id)], residual: 'open' })
    await book.reconcile(4)
    expect(await accounts(book)).toMatchObject({ '1050:paypal': '100.00', '1100:pub': '400.00', '1110:pub': '0.00' })
  })

  it('waits where the counter falls when it pays: the fall is the payout', async () => {
    const book = await paidPlay(await fresh(), WEEKLY, 'unpaid')
    await arrived(book, '147.00')
    await book.reconcile(3)
    expect(await accounts(book)).toMatchObject({ '1050:paypal': '0.00', '1100:pub': '500.00', '1110:pub': '0.00' })
  })

  it('waits for a person where either a fee or a tax may have been taken of it', async () => {
    const book = await paidPlay(await fresh(), WEEKLY.replace(' }', ', withholdingPercent: "5" }'))
    await arrived(book, '147.00')
    await book.reconcile(3)
    expect(await accounts(book)).toMatchObject({ '1050:paypal': '0.00', '1110:pub': '0.00' })
    expect(await itemLine(book.rig, 'pub', 'payout:line-1')).toBe('none')
  })
})

describeOnSqlite('a line that a person calls a payout', (fresh) => {
  it('is booked with its receipt and its fee in one step', async () => {
    const book = await paidPlay(await fresh(), STATED)
    await arrived(book, '412.40')
    await book.reconcile(20)
    expect(await openCodes(book.rig)).toContain('paypal LINE_UNMATCHED line:1')
    const unmatched = (await exceptionsOf(book.rig)).find(({ code }) => code === 'LINE_UNMATCHED')
    expect(unmatched?.detail).toContain('a rule calls it a payout: decide it as payout --of pub')
    await book.decide(20, { ...PAYOUT, gross: '420.82' })
    expect(await accounts(book)).toEqual({
      '1050:paypal': '412.40',
      '1100:pub': '79.18',
      '1110:pub': '0.00',
      '6100': '8.42',
    })
    expect(await itemLine(book.rig, 'pub', 'payout:line-1')).toBe('payout 420.82 settled, 420.82 matched')
    expect(await openCodes(book.rig)).not.toContain('paypal LINE_UNMATCHED line:1')
    expect(await book.reconcile(21)).toBe(0)
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('is taken back whole by unmatch, and may be said again', async () => {
    const book = await paidPlay(await fresh(), STATED)
    await arrived(book, '40.00')
    const { number } = await book.decide(4, PAYOUT)
    expect(await openCodes(book.rig)).toContain('pub BELOW_MINIMUM payout:line-1')
    await book.decide(5, { decide: 'unmatch', match: Number(number) })
    expect(await accounts(book)).toEqual({
      '1050:paypal': '0.00',
      '1100:pub': '500.00',
      '1110:pub': '0.00',
      '6100': '0.00',
    })
    expect(await itemLine(book.rig, 'pub', 'payout:line-1')).toBe('payout 0.00 withdrawn, 0.00 matched')
    expect((await openCodes(book.rig)).filter((code) => code.includes('PAYOUT'))).toEqual([])
    expect(await book.reconcile(5)).toBe(0)
    await book.decide(6, { ...PAYOUT, gross: '41.00' })
    expect(await storyOf(book.rig, 'pub', 'payout:line-1')).toEqual([
      'payout 40.00000000 on 2026-03-03',
      'payout -40.00000000 on 2026-03-03',
      'payout 41.00000000 on 2026-03-03',
    ])
    expect(await accounts(book)).toEqual({
      '1050:paypal': '40.00',
      '1100:pub': '459.00',
      '1110:pub': '0.00',
      '6100': '1.00',
    })
    expect(await book.reconcile(6)).toBe(0)
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('is the payout that the fall of an unpaid counter shows, and the fall waits again without its line', async () => {
    const book = await paidPlay(await fresh(), STATED, 'unpaid')
    const rows = ['2026-03-01,pub,opening-counter,162.50,USD,,', '2026-03-01,pub,opening-balance,162.50,USD,,']
    await book.rig.importEvidence(nightMs(0), payments(...rows))
    await book.earn(1, '165.50')
    await book.earn(2, '18.50')
    await book.statement(3, '2026-03-03,PAYELANCER PAYOUT,150.00')
    const { number } = await book.decide(3, { ...PAYOUT, gross: '150.00' })
    expect(await openCodes(book.rig)).toEqual([])
    expect(await accounts(book)).toMatchObject({ '1050:paypal': '150.00', '1100:pub': '18.50', '1110:pub': '0.00' })
    await book.decide(4, { decide: 'unmatch', match: Number(number) })
    expect(await accounts(book)).toMatchObject({ '1050:paypal': '0.00', '1100:pub': '165.50', '1110:pub': '0.00' })
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('that a file states later is that payout, and unmatching its line leaves it', async () => {
    const book = await paidPlay(await fresh(), STATED)
    await arrived(book, '400.00')
    const { number } = await book.decide(4, PAYOUT)
    await book.rig.importEvidence(nightMs(5), payments('2026-03-02,pub,payout,400.00,USD,PP-1,'))
    expect([await money(book.rig, '1100:pub'), await money(book.rig, '1110:pub')]).toEqual(['100.00', '0.00'])
    await book.decide(6, { decide: 'unmatch', match: Number(number) })
    expect(await accounts(book)).toMatchObject({ '1050:paypal': '0.00', '1100:pub': '100.00', '1110:pub': '400.00' })
    expect(await itemLine(book.rig, 'pub', 'payout:line-1')).toBe('payout 400.00 open, 0.00 matched')
  })

  it.each([
    ['an unknown publisher', { ...PAYOUT, of: 'panel' }, 'this book has no publisher "panel"'],
    ['less than arrived', { ...PAYOUT, gross: '399.00' }, 'more than a payout of 399.00'],
    [
      'what is expected already',
      PAYOUT,
      'payout:PP-1 of 400.00 USD is expected already: tieout reconcile match LINE --item',
    ],
  ])('is refused: %s', async (what, decision, reason) => {
    const book = await paidPlay(await fresh(), STATED)
    await arrived(book, '400.00')
    // Beyond the days in which the line could be it.
    if (what.startsWith('what')) {
      await book.rig.importEvidence(nightMs(4), payments('2026-04-20,pub,payout,400.00,USD,PP-1,'))
      await book.reconcile(5)
    }
    await expect(book.decide(6, decision)).rejects.toThrow(reason)
  })
})
