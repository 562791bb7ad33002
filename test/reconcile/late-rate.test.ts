/** An invoice that PayPal received in euros and exchanged itself, before and after the rate is known, through the whole pipeline. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { decidedLines } from '../../src/cli/views/reconcile.ts'
import { formatMoney } from '../../src/domain/money/money.ts'
import { decideMatch } from '../../src/pipeline/reconcile/decide.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { moneyBook, NOON_MS, type MoneyBook } from './money-book.ts'
import { fingerprintsOf } from '../pipeline/reads.ts'

const HEADER =
  '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","Transaction ID","Reference Txn ID","Balance"'
const INVOICE = [
  HEADER,
  // Moved nothing; its day tells how the dates are written.
  '"02/24/2026","09:00:00","GMT","Late Payer","Website Payment","Pending","USD","50.00","0.00","50.00","8PN00000000000001","","0.00"',
  '"03/05/2026","09:00:00","GMT","Some Network","Website Payment","Completed","EUR","138.00","0.00","138.00","5EU00000000000001","","138.00"',
  '"03/05/2026","09:00:01","GMT","","General Currency Conversion","Completed","EUR","-138.00","0.00","-138.00","6CV00000000000001","5EU00000000000001","0.00"',
  '"03/05/2026","09:00:01","GMT","","General Currency Conversion","Completed","USD","149.00","0.00","149.00","6CV00000000000002","5EU00000000000001","149.00"',
  '',
].join('\r\n')
const KNOWN = 'date,from,to,rate\n2026-03-05,GBP,USD,1.2500\n'
const LATE = `${KNOWN}2026-03-04,EUR,USD,1.0842\n`

async function bookWith(made: MoneyBook, rates: string): Promise<MoneyBook> {
  writeFileSync(join(made.rig.folder, 'rates.csv'), rates)
  await made.evidence('2026-03-01,pub,opening-balance,600.00,USD,,', '2026-03-04,pub,payout,150.00,USD,PO-1,')
  await made.statement('paypal', 'paypal-csv', 'paypal.csv', INVOICE)
  return made
}

async function decided({ rig }: MoneyBook): Promise<readonly string[]> {
  const lines = await rig.database.kysely.selectFrom('statement_line').select(['id', 'counterparty']).execute()
  const line = lines.find(({ counterparty }) => counterparty === 'Some Network')?.id
  const request = { config: rig.config, book: rig.book, env: rig.env }
  const word = { by: 'Ann', why: 'seen on paper' }
  const decision = { decide: 'match' as const, lines: [Number(line)], items: [1], residual: 'open' as const, ...word }
  return decidedLines(await decideMatch(rig.environment(NOON_MS), request, decision))
}

/** "1065 EUR 0.00" of what is not zero. */
async function balances({ rig }: MoneyBook): Promise<readonly string[]> {
  const rows = await rig.database.kysely
    .selectFrom('balance as b')
    .innerJoin('account as a', (join) => join.onRef('a.book', '=', 'b.book').onRef('a.id', '=', 'b.account'))
    .select(['a.key', 'b.currency', 'b.debit', 'b.credit'])
    .execute()
  const sums = new Map<string, bigint>()
  for (const { key, currency, debit, credit } of rows)
    sums.set(`${key} ${currency}`, (sums.get(`${key} ${currency}`) ?? 0n) + debit - credit)
  return [...sums].flatMap(([key, sum]) => (sum === 0n ? [] : [`${key} ${formatMoney(sum)}`])).sort()
}

describeOnSqlite('an invoice in another currency', (fresh) => {
  it('is not booked without its rate, and settles by itself when the rate arrives', async () => {
    const book = await bookWith(await moneyBook(await fresh(), '', '    rates: ./rates.csv\n'), KNOWN)
    const before = await balances(book)
    expect(before).toEqual(['1100:pub USD 450.00', '1110:pub USD 150.00', '3900 USD -600.00'])
    expect(await decided(book)).toEqual([
      expect.stringMatching(/^CURRENCY: nothing of match 2 is booked/),
      expect.anything(),
    ])
    await book.reconcile()
    expect(await balances(book)).toEqual(before)
    expect((await book.exceptions()).filter((code) => code.startsWith('CURRENCY'))).toHaveLength(2)

    writeFileSync(join(book.rig.folder, 'rates.csv'), LATE)
    await book.reconcile()
    const settled = ['1050:paypal USD 149.00', '1100:pub USD 450.00', '3900 USD -600.00', '6200 USD 1.00']
    expect(await balances(book)).toEqual(settled)
    expect(await book.exceptions()).toEqual([])

    const inTime = await bookWith(await moneyBook(await opened(newSqliteUrl()), '', '    rates: ./rates.csv\n'), LATE)
    await decided(inTime)
    expect(await balances(inTime)).toEqual(settled)
    const digests = [await fingerprintsOf(book.rig), await fingerprintsOf(inTime.rig)].map(({ digest }) => digest)
    expect(digests[0]).toBe(digests[1])
  })
})
