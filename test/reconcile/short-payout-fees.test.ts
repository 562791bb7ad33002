/** P2: what is missing of a payout that came short is a fee, when a person says so, and goes with the line that was short. */
import { expect, it } from 'vitest'
import { exceptionDossier } from '../../src/pipeline/exception-dossier.ts'
import { exceptionAbout } from '../../src/reconcile/exceptions.ts'
import { linesOf } from '../../src/cli/views/exception-dossier.ts'
import { expectReplays } from '../pipeline/counters-support.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { moneyBook, NOON_MS, type MoneyBook } from './money-book.ts'

const OPENING = '2026-03-01,pub,opening-balance,600.00,USD,,'
const PAYOUT = '2026-03-04,pub,payout,150.00,USD,PO-1,'
const RULES = 'rules: [{ contains: PAYELANCER, means: payout, source: pub }]'
const SECOND = `      - { name: second, type: bank, currency: USD, code: '1001', ${RULES} }\n`
const STATED = `fees: [{ name: wire, flat: '30.00' }]`
const TWO = `    journals: { differentApprover: true }\n    exceptions: { reviewAbove: '25.00' }\n`
const FEE = { decide: 'fee', item: 1 } as const
const SHORT = { '1001:second': '120.00', '1100:pub': '450.00', '1110:pub': '30.00', '3900': '-600.00' }
const DONE = { '1001:second': '120.00', '1100:pub': '450.00', '3900': '-600.00', '6110': '30.00' }

/** By 30.00. */
async function short(book: MoneyBook, ...more: readonly string[]): Promise<MoneyBook> {
  await book.evidence(OPENING, PAYOUT)
  await book.bank('second', '2026-03-05,PAYELANCER PAYOUT,120.00', ...more)
  return book
}

describeOnSqlite('what is missing of a payout', (fresh) => {
  it('is a fee of the line that brought the rest, closes the item, and is said once', async () => {
    const book = await short(await moneyBook(await fresh(), SECOND))
    expect(await book.balances()).toEqual(SHORT)
    expect(await book.exceptions()).toEqual(['PAYOUT_DIFFERS payout:PO-1'])
    await book.decide(FEE)
    expect(await book.balances()).toEqual(DONE)
    expect(await book.exceptions()).toEqual([])
    expect(await book.matches()).toEqual([
      'part undone line 1 120.00, item 1 120.00',
      'decision active line 1 120.00, item 1 150.00',
    ])
    await expect(book.decide(FEE)).rejects.toThrow('item 1 is settled already')
    await book.reconcile()
    expect(await book.balances()).toEqual(DONE)
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('is shown beforehand with the entries that it makes', async () => {
    const book = await short(await moneyBook(await fresh(), SECOND))
    const { kysely } = book.rig.database
    const row = await book.rig.bookRow()
    const found = await exceptionAbout(kysely, row.id, { source: 'pub', code: 'PAYOUT_DIFFERS', object: 'payout:PO-1' })
    expect(found?.detail).toContain('decide it as fee where it was taken on the way')
    const { choices } = (await exceptionDossier(kysely, row, found?.number ?? 0, NOON_MS)) ?? { choices: [] }
    const fee = choices.find(({ command }) => command.endsWith(' fee'))
    expect(linesOf(fee?.entries ?? [])).toEqual(['2026-03-05 Dr 6110 30.00', '2026-03-05 Cr 1110:pub 30.00'])
    expect(fee?.words).toBe(
      'taken on the way; if it is the same each time, state it once of account second in tieout.yaml, ' +
        `and the next payouts are not asked about: ${STATED}`,
    )
  })

  it('is asked about no more once the account states it as it is said', async () => {
    const book = await short(await moneyBook(await fresh(), SECOND.replace(RULES, `${STATED}, ${RULES}`)))
    await book.reconcile()
    expect(await book.matches()).toEqual(['fee active line 1 120.00, item 1 150.00'])
    expect(await book.exceptions()).toEqual([])
    expect(await book.balances()).toEqual(DONE)
  })

  it('is taken back with its line, and the whole payout is due again', async () => {
    const book = await short(await moneyBook(await fresh(), SECOND))
    await book.decide(FEE)
    await book.decide({ decide: 'unmatch', match: 2 })
    const undone = { '1100:pub': '450.00', '1110:pub': '150.00', '3900': '-600.00' }
    expect(await book.balances()).toEqual(undone)
    await expect(book.decide(FEE)).rejects.toThrow('no line has brought a part of item 1')
    await book.decide({ decide: 'match', lines: [1], items: [1], residual: 'open' })
    expect(await book.balances()).toEqual(SHORT)
    await book.decide(FEE)
    expect(await book.balances()).toEqual(DONE)
    await expectReplays(book.rig, await opened(newSqliteUrl()))
  })

  it('is what two lines have left of it, and goes with the later', async () => {
    const book = await short(await moneyBook(await fresh(), SECOND), '2026-03-06,PAYELANCER REST,25.00')
    await book.reconcile()
    expect(await book.balances()).toMatchObject({ '1001:second': '145.00', '1110:pub': '5.00' })
    await book.decide(FEE)
    expect(await book.balances()).toMatchObject({ '1001:second': '145.00', '6110': '5.00' })
    await book.decide({ decide: 'unmatch', match: 3 })
    expect(await book.balances()).toEqual(SHORT)
  })

  it('is beside the fee that a line of PayPal states', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(OPENING, PAYOUT)
    const header =
      '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","Transaction ID","Balance"'
    const line =
      '"02/25/2026","10:00:00","GMT","Payelancer","General Payment","Completed","USD","147.00","-3.00","144.00","1AB23456CD789012E","144.00"'
    await book.statement('paypal', 'paypal-csv', 'paypal.csv', `${header}\n${line}\n`)
    await book.decide({ decide: 'match', lines: [1], items: [1], residual: 'open' })
    expect(await book.balances()).toMatchObject({ '1050:paypal': '144.00', '1110:pub': '3.00', '6100': '3.00' })
    await book.decide(FEE)
    expect(await book.balances()).toEqual({
      '1050:paypal': '144.00',
      '1100:pub': '450.00',
      '3900': '-600.00',
      '6100': '6.00',
    })
  })

  it('is asked of two people where it is much', async () => {
    const book = await short(await moneyBook(await fresh(), `${SECOND}${TWO}`))
    await book.decide(FEE)
    expect(await book.balances()).toEqual(SHORT)
    await book.decide({ ...FEE, by: 'Bo' })
    expect(await book.balances()).toEqual(DONE)
  })

  it.each([
    ['of what is no payout', 2, 'item 2 is no payout'],
    [
      'of a payout of which nothing came',
      3,
      'no line has brought a part of item 3: match LINE --item 3 --difference fee',
    ],
    ['of what is not there', 9, 'there is no open item 9'],
  ])('is refused: %s', async (_what, item, reason) => {
    const book = await short(await moneyBook(await fresh(), SECOND))
    await book.evidence('2026-03-04,panel,top-up,25.00,USD,T-1,', '2026-03-08,pub,payout,80.00,USD,PO-2,')
    await book.reconcile()
    await expect(book.decide({ ...FEE, item })).rejects.toThrow(reason)
  })

  it('is not told where a payout grew after a fee was taken of it', async () => {
    const book = await moneyBook(await fresh())
    await book.evidence(OPENING, PAYOUT)
    await book.bank('bank', '2026-03-05,SOMEBODY,148.00')
    await book.decide({ decide: 'match', lines: [1], items: [1], residual: 'fee' })
    await book.evidence('2026-03-04,pub,payout,160.00,USD,PO-1,')
    await book.reconcile()
    expect(await book.exceptions()).toEqual(['PAYOUT_DIFFERS payout:PO-1'])
    await expect(book.decide(FEE)).rejects.toThrow('match 1 is more than a part of it: unmatch 1')
  })
})
